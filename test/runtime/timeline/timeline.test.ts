import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClassifier } from "../../../runtime/node.ts";
import { SlidingWindow } from "../../../runtime/timeline/slide-window.ts";
import { collect } from "../collect.ts";
import { buildTinyModel, computeTinyLogits, makeLevel } from "../tiny-model.ts";
import { encodeWav } from "../audio/wav.ts";

const sampleRateHz = 8000;

describe("SlidingWindow", () => {
  const sizes = fc.record({
    window: fc.integer({ min: 1, max: 20 }),
    hop: fc.integer({ min: 1, max: 20 }),
    blocks: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
  });

  it("gives what slicing the whole sound gives, however it is cut", () => {
    fc.assert(
      fc.property(
        sizes.filter(({ window, hop }) => hop <= window),
        ({ window, hop, blocks }) => {
          const sliding = new SlidingWindow(window, hop);
          const total = blocks.reduce((sum, block) => sum + block, 0);
          const sound = Float32Array.from({ length: total }, (_, index) => index + 1);
          const windows: { start: number; samples: number[] }[] = [];
          let offset = 0;
          for (const block of blocks) {
            for (const { startSamples, samples } of sliding.push(sound.subarray(offset, offset + block)))
              windows.push({ start: startSamples, samples: [...samples] });
            offset += block;
          }
          const expected = [];
          for (let start = 0; start + window <= total; start += hop)
            expected.push({ start, samples: [...sound.subarray(start, start + window)] });
          expect(windows).toEqual(expected);
          const end = sliding.takeEnd();
          expect(sliding.receivedSamples).toBe(total);
          expect(end?.samples).toEqual(total === 0 ? undefined : sound.slice(-window));
          expect(end?.startSamples).toBe(total === 0 ? undefined : Math.max(0, total - window));
        },
      ),
    );
  });
});

describe("classifyLong", () => {
  it("tiles the sound without gap or overlap, and classifies each part", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const samples = makeLevel(1e-4, 16_000); // 2 s; windows of 0.5 s every 0.256 s: 16 hops of the features
    samples.set(makeLevel(0.5, 8000), 8000);
    const entries = await collect(classifier.classifyLong({ samples, sampleRateHz }, { hopSeconds: 0.25 }));
    expect(entries.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 0.378],
      [0.378, 0.634],
      [0.634, 0.89],
      [0.89, 1.146],
      [1.146, 1.402],
      [1.402, 1.658],
      [1.658, 2],
    ]);
    expect(entries.map(({ label }) => label)).toEqual([
      ...["quiet", "quiet", "quiet", "middle, ü"], // half loud: logits -0.5, 1, 0.5
      ...["loud", "loud", "loud"],
    ]);
    const powers = computeTinyLogits(0.5).map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [index, power] of powers.entries())
      expect(entries[6]?.probabilities[index]).toBeCloseTo(power / sum, 5);
  });

  it("classifies a sound shorter than a window as classify does, and finds nothing in nothing", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 1000);
    const [entry, ...others] = await collect(classifier.classifyLong({ samples, sampleRateHz }));
    const [best] = await classifier.classify({ samples, sampleRateHz });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ startSeconds: 0, endSeconds: 0.125, label: best.label });
    expect(entry?.confidence).toBeCloseTo(best.probability, 6);
  });

  it("answers the same in a file, piece by piece, as in its samples", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const samples = Float32Array.from({ length: 50_000 }, (_, index) => Math.sin(index ** 1.5 / 1e3) / 2);
    const wav = encodeWav(samples, 11_025);
    const fromFile = await collect(classifier.classifyLong(new Blob([new Uint8Array(wav)])));
    const fromSamples = await collect(classifier.classifyLong(wav));
    expect(fromFile).toEqual(fromSamples);
    expect(fromFile.at(-1)?.endSeconds).toBeCloseTo(50_000 / 11_025, 3);
  });

  it.each([0, -1, 0.6, NaN])("refuses a hop of %d s", async (hopSeconds) => {
    await using classifier = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 8000);
    await expect(
      collect(classifier.classifyLong({ samples, sampleRateHz }, { hopSeconds })),
    ).rejects.toMatchObject({
      code: "bad-option",
    });
    expect(() => classifier.findEvents({ samples, sampleRateHz }, { hopSeconds })).toThrow(
      "hopSeconds: expected",
    );
  });

  it("stops at an abort, and at dispose", async () => {
    const classifier = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 800_000);
    const controller = new AbortController();
    const collected = classifier.classifyLong({ samples, sampleRateHz }, { signal: controller.signal });
    await collected.next();
    controller.abort(new Error("enough"));
    await expect(collect(collected)).rejects.toThrow("enough");
    const other = classifier.classifyLong({ samples, sampleRateHz });
    await other.next();
    await classifier.dispose();
    await expect(collect(other)).rejects.toMatchObject({ code: "disposed" });
  });
});
