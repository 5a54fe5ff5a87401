import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinBlocks } from "../../common/join-blocks.ts";
import {
  cutRecording,
  cutWav,
  makeWavBlob,
  measureSeconds,
  measureWavSeconds,
  readWavSound,
} from "../../web-demo/microphone/recording.ts";
import { Segments } from "../../web-demo/page/segments.ts";
import { FramePooler } from "../../web-demo/worker/frame-pooler.ts";
import { RecentLevel } from "../../web-demo/worker/recent-level.ts";
import { decodeAudio } from "../../features/audio/decode.ts";

describe("frames of a long sound", () => {
  it("are pooled to the loudest of every few, however they arrive", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 9 }),
        (column, factor, step) => {
          const pooler = new FramePooler(factor, column.length);
          const found: Float32Array[] = [];
          for (let start = 0; start < column.length; start += step) {
            const values = Float32Array.from(
              column.slice(start, start + step).flatMap((value) => [value, -value]),
            );
            found.push(pooler.push({ values, frames: values.length / 2, bands: 2 }).values);
          }
          const expected: number[] = [];
          for (let start = 0; start < column.length; start += factor) {
            const own = column.slice(start, start + factor);
            expected.push(Math.max(...own), Math.max(...own.map((value) => -value)));
          }
          expect([...joinBlocks(found)].map((value) => value + 0)).toEqual(
            [...Float32Array.from(expected)].map((value) => value + 0),
          );
          expect(pooler.frames).toBe(expected.length / 2);
        },
      ),
    );
  });
});

describe("a recording", () => {
  const recording = { blocks: [Int16Array.of(1, 2, 3), Int16Array.of(4, 5, 6, 7, 8)], sampleRateHz: 8000 };

  it("is cut across its blocks, and written as a WAV file that the decoder reads", async () => {
    const cut = cutRecording(recording, 2 / 8000, 6 / 8000);
    expect(cut.blocks.flatMap((block) => [...block])).toEqual([3, 4, 5, 6]);
    expect(measureSeconds(cut)).toBe(4 / 8000);
    const bytes = new Uint8Array(await makeWavBlob(cut).arrayBuffer());
    const { samples, sampleRateHz } = await decodeAudio(bytes, "cut.wav");
    expect([...samples].map((sample) => Math.round(sample * 32_768))).toEqual([3, 4, 5, 6]);
    expect(sampleRateHz).toBe(8000);
  });

  it("is cut in its file, to the sample and no further than it goes", async () => {
    const sound = await readWavSound(makeWavBlob(recording));
    expect(sound.sampleRateHz).toBe(8000);
    expect(measureWavSeconds(sound)).toBe(8 / 8000);
    for (const [from, to, kept] of [
      [2, 6, [3, 4, 5, 6]],
      [6, 20, [7, 8]],
    ] as const) {
      const bytes = new Uint8Array(await cutWav(sound, from / 8000, to / 8000).arrayBuffer());
      const { samples } = await decodeAudio(bytes, "cut.wav");
      expect([...samples].map((sample) => Math.round(sample * 32_768))).toEqual(kept);
    }
  });

  it("is as loud as its last seconds", () => {
    const level = new RecentLevel(2);
    level.push(Float32Array.of(0.5), 1);
    level.push(Float32Array.of(-0.2), 1);
    expect(level.peak).toBeCloseTo(0.5);
    level.push(Float32Array.of(0.1), 1);
    expect(level.peak).toBeCloseTo(0.2);
  });
});

describe("segments", () => {
  const scores = [0.9, 0.9, 0.2, 0.8, 0.8].map((probability, index) => ({
    startSeconds: index,
    endSeconds: index + 1,
    probabilities: Float32Array.of(probability, 1 - probability),
  }));

  it("follow the threshold, and the last one may go on", () => {
    const segments = new Segments({ labels: ["a", "b"] });
    segments.add(scores);
    const describeAll = (threshold: number, isGrowing: boolean) =>
      segments
        .find(threshold, isGrowing)
        .map(({ label, startSeconds, endSeconds, isOpen }) => [label, startSeconds, endSeconds, isOpen]);
    expect(describeAll(0.5, true)).toEqual([
      ["a", 0, 2, false],
      ["b", 2, 3, false],
      ["a", 3, 5, true],
    ]);
    expect(describeAll(0.85, false)).toEqual([["a", 0, 2, false]]);
  });

  it("of a short sound are its one answer, or none", () => {
    const segments = new Segments({ labels: ["a", "b"] });
    segments.add(scores);
    segments.setWhole([{ label: "a", startSeconds: 0, endSeconds: 5, confidence: 0.6 }]);
    expect(segments.find(0.5, false)).toHaveLength(1);
    expect(segments.find(0.7, false)).toEqual([]);
  });

  it("of a short sound are all classes that reach their thresholds, where it may have several", () => {
    const thresholds = { goal: "best F1", rejection: 0.5, classes: [0.5, 0.95] };
    const segments = new Segments({ labels: ["a", "b"], labelling: "several", thresholds });
    const span = { startSeconds: 0, endSeconds: 5 };
    segments.setWhole([
      { label: "a", confidence: 0.6, ...span },
      { label: "b", confidence: 0.9, ...span },
    ]);
    expect(segments.find(undefined, false).map(({ label }) => label)).toEqual(["a"]);
    expect(segments.find(0.5, false).map(({ label }) => label)).toEqual(["a", "b"]);
  });
});
