import type { FeatureConfig } from "./feature-config.ts";

type MelSettings = Pick<FeatureConfig, "sampleRateHz" | "fftSamples" | "melBands">;

/**
 * Meyda's mel triangles: `weights[bin * melBands + band]` for the first half of the FFT's bins. Edges lie at equal
 * steps of mel = 1125 ln(1 + f / 700) from 0 to Nyquist and fall on bin floor((window + 1) f / rate); a triangle
 * rises from 0 at its first edge to 1 at its second. With many bands the lowest have no bin and stay 0.
 * Frequencies pass through float32 as in Meyda 5.6.3, or an edge could fall one bin aside.
 */
export function computeMelWeights(settings: MelSettings): Float32Array {
  const { fftSamples, melBands } = settings;
  const edges = computeEdgeBins(settings);
  const weights = new Float32Array((fftSamples / 2) * melBands);
  for (let band = 0; band < melBands; band++) {
    const [low = 0, peak = 0, high = 0] = edges.subarray(band, band + 3);
    for (let bin = low; bin < peak; bin++) weights[bin * melBands + band] = (bin - low) / (peak - low);
    for (let bin = peak; bin < high; bin++) weights[bin * melBands + band] = (high - bin) / (high - peak);
  }
  return weights;
}

function computeEdgeBins({ sampleRateHz, fftSamples, melBands }: MelSettings): Int32Array {
  const highestMel = 1125 * Math.log(1 + sampleRateHz / 2 / 700);
  const step = highestMel / (melBands + 1);
  return Int32Array.from({ length: melBands + 2 }, (_, index) => {
    const mel = Math.fround(index * step);
    const frequencyHz = Math.fround(700 * (Math.exp(mel / 1125) - 1));
    return Math.floor(((fftSamples + 1) * frequencyHz) / sampleRateHz);
  });
}
