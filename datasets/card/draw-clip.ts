import type { LogMel } from "../../features/log-mel.ts";
import { encodePng } from "./encode-png.ts";

/**
 * Log-mel as a grey PNG, which pages colour (class `spectrogram`): low bands at the bottom, every `step` frames and bands
 * averaged into a pixel. Black is the quietest value of the clip or 9 nepers of power (39 dB) below its loudest,
 * whichever is louder.
 * @param loudest the value drawn brightest, so that pictures can be compared; without it, the clip's own
 */
export function drawMel({ values, frames, bands }: LogMel, step = 2, loudest?: number): Buffer {
  const width = Math.max(1, Math.floor(frames / step));
  const height = Math.max(1, Math.floor(bands / step));
  const cells = new Float32Array(width * height);
  for (let frame = 0; frame < width * step && frame < frames; frame++) {
    for (let band = 0; band < height * step && band < bands; band++) {
      const cell = (height - 1 - Math.floor(band / step)) * width + Math.floor(frame / step);
      // An inner loop: no call for the index.
      cells[cell] = (cells[cell] ?? 0) + (values[frame * bands + band] ?? 0) / (step * step);
    }
  }
  const brightest = loudest ?? cells.reduce((most, value) => Math.max(most, value), 0);
  const quietest = Math.max(
    brightest - 9,
    cells.reduce((least, value) => Math.min(least, value), brightest),
  );
  const range = brightest - quietest || 1;
  const pixels = Uint8Array.from(
    cells,
    (value) => 255 * Math.min(1, Math.max(0, (value - quietest) / range)),
  );
  return encodePng(pixels, width);
}

/**
 * A waveform as the points of an SVG polygon, 0 to `width` and -50 to 50: the largest and smallest sample of each
 * column. Drawn at the clip's own peak, so that quiet clips show their shape too.
 */
export function drawWaveform(samples: Float32Array, width: number): string {
  const upper: string[] = [];
  const lower: string[] = [];
  let peak = 1e-6;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  for (let column = 0; column < width; column++) {
    const start = Math.floor((column * samples.length) / width);
    const end = Math.max(start + 1, Math.floor(((column + 1) * samples.length) / width));
    let most = -Infinity;
    let least = Infinity;
    for (const sample of samples.subarray(start, end)) {
      most = Math.max(most, sample);
      least = Math.min(least, sample);
    }
    if (most < least) continue; // fewer samples than columns
    upper.push(`${column},${formatHeight(-most / peak)}`);
    lower.unshift(`${column},${formatHeight(-least / peak)}`);
  }
  return [...upper, ...lower].join(" ");
}

function formatHeight(fraction: number): string {
  return (50 * fraction).toFixed(1);
}
