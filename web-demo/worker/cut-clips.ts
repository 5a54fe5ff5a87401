import { encodeWav } from "../../features/audio/encode-wav.ts";
import { isSilent } from "../../features/audio/check-samples.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import type { CutAnswer, CutClip } from "./teach-protocol.ts";

/** Long enough for most sounds; a model loops what is shorter than its window. */
const clipSeconds = 2;
/** A shorter rest is added to the clip before it. */
const minRestSeconds = 0.7;
const peakCount = 48;

/** A sound as clips for teaching, at its own rate, without those in which there is nothing. */
export function cutClips({ samples, sampleRateHz }: Waveform): CutAnswer {
  const size = Math.round(clipSeconds * sampleRateHz);
  const count = Math.max(1, Math.floor((samples.length - minRestSeconds * sampleRateHz) / size) + 1);
  const clips: CutClip[] = [];
  let silent = 0;
  for (let index = 0; index < count; index++) {
    const piece = samples.subarray(index * size, index === count - 1 ? undefined : (index + 1) * size);
    if (isSilent(piece)) {
      silent += 1;
      continue;
    }
    clips.push({
      wav: new Blob([encodeWav({ samples: piece, sampleRateHz })], { type: "audio/wav" }),
      seconds: piece.length / sampleRateHz,
      peaks: measurePeaks(piece),
    });
  }
  return { clips, silent };
}

function measurePeaks(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const peaks = new Uint8Array(peakCount);
  for (let index = 0; index < peakCount; index++) {
    const from = Math.floor((index * samples.length) / peakCount);
    const to = Math.floor(((index + 1) * samples.length) / peakCount);
    let peak = 0;
    for (const sample of samples.subarray(from, to)) peak = Math.max(peak, Math.abs(sample));
    peaks[index] = Math.round(255 * Math.min(1, peak));
  }
  return peaks;
}
