import type { FeatureConfig } from "../../features/feature-config.ts";

/**
 * One frame by the formulas alone, in float64 and O(N^2): symmetric Hann window, |DFT|^2 of the first N / 2 bins,
 * mel = 1125 ln(1 + f / 700), triangles between the floors of (N + 1) f / rate, ln(1 + x).
 */
export function computeNaiveLogMel(frame: Float32Array, config: FeatureConfig): number[] {
  const power = computeNaivePower(frame, config.sampleScale);
  const edges = computeEdges(config);
  return Array.from({ length: config.melBands }, (_, band) => {
    const [low = 0, peak = 0, high = 0] = edges.slice(band, band + 3);
    let sum = 0;
    for (let bin = low; bin < high; bin++) {
      const weight = bin < peak ? (bin - low) / (peak - low) : (high - bin) / (high - peak);
      sum += weight * (power[bin] ?? 0);
    }
    return Math.log(1 + sum);
  });
}

function computeNaivePower(frame: Float32Array, scale: number): Float64Array {
  const size = frame.length;
  const windowed = Float64Array.from(
    frame,
    // Meyda holds the window as float32: beside a loud tone that rounding shows in empty bands
    (sample, index) => sample * scale * Math.fround(0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (size - 1))),
  );
  return Float64Array.from({ length: size / 2 }, (_, bin) => {
    let real = 0;
    let imaginary = 0;
    windowed.forEach((value, index) => {
      const angle = (2 * Math.PI * ((bin * index) % size)) / size;
      real += value * Math.cos(angle);
      imaginary -= value * Math.sin(angle);
    });
    return real ** 2 + imaginary ** 2;
  });
}

function computeEdges({ melBands, sampleRateHz, fftSamples }: FeatureConfig): number[] {
  const top = 1125 * Math.log(1 + sampleRateHz / 2 / 700);
  return Array.from({ length: melBands + 2 }, (_, index) => {
    const frequencyHz = 700 * (Math.exp((index * top) / (melBands + 1) / 1125) - 1);
    // Meyda holds the frequencies as float32, so that the highest edge is not lost to rounding in float64
    return Math.floor(((fftSamples + 1) * Math.fround(frequencyHz)) / sampleRateHz);
  });
}
