import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutZeros } from "../../features/cut-zeros.ts";

/** Every frame of a sound, as the feature graph takes them. */
function listFrames(samples: Float32Array, fftSamples: number, hopSamples: number): number[][] {
  const frames: number[][] = [];
  for (let start = 0; start + fftSamples <= samples.length; start += hopSamples)
    frames.push([...samples.subarray(start, start + fftSamples)]);
  return frames;
}

const isSilent = (frame: readonly number[]) => frame.every((sample) => sample === 0);

describe("cutZeros", () => {
  it("leaves the frames between the first and the last that hold a sound, and no other", () => {
    const sound = fc.array(fc.constantFrom(0, 0, 0.0005, 0.5, -1), { minLength: 8, maxLength: 40 });
    const zeros = fc.integer({ min: 0, max: 30 });
    const sizes = fc.constantFrom([8, 4], [8, 8], [8, 3]);
    fc.assert(
      fc.property(zeros, sound, zeros, sizes, (before, middle, after, [fftSamples = 8, hopSamples = 4]) => {
        const samples = new Float32Array(before + middle.length + after);
        samples.set(middle, before);
        const whole = listFrames(samples, fftSamples, hopSamples);
        const cut = listFrames(cutZeros(samples, { fftSamples, hopSamples }), fftSamples, hopSamples);
        const first = whole.findIndex((frame) => !isSilent(frame));
        if (first < 0) return;
        const last = whole.findLastIndex((frame) => !isSilent(frame));
        expect(cut).toEqual(whole.slice(first, last + 1));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves digital silence as it is", () => {
    expect(cutZeros(new Float32Array(100), { fftSamples: 8, hopSamples: 4 })).toHaveLength(100);
  });
});
