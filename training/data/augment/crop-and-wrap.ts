import type { MelPower } from "./mel-power.ts";

/** `frames` frames from frame `start` on, wrapping round: out[t] = in[(start + t) mod frames of the clip]. */
export function cropAndWrap(clip: MelPower, start: number, frames: number): MelPower {
  const { bands } = clip;
  const power = new Float32Array(frames * bands);
  for (let done = 0; done < frames;) {
    const from = (start + done) % clip.frames;
    const count = Math.min(clip.frames - from, frames - done);
    power.set(clip.power.subarray(from * bands, (from + count) * bands), done * bands);
    done += count;
  }
  return { power, frames, bands };
}
