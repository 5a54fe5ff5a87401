import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import { countClipFrames, countClipSamples, findLengthProblem, fitClip } from "../../features/fit-clip.ts";
import { addFittedClip } from "../../features/graph/fit-nodes.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";

const paddings = ["zero", "centre", "repeat", "loop"] as const;

/** 8 frames of 2 bands a clip. */
const small = {
  ...defaultFeatureConfig,
  sampleRateHz: 1000,
  fftSamples: 64,
  hopSamples: 64,
  clipSeconds: 0.512,
  melBands: 2,
};

/** A clip of one number a frame, its power in both bands. */
function makeClip(powers: readonly number[]): { values: Float32Array; frames: number; bands: number } {
  const values = Float32Array.from(powers.flatMap((power) => [Math.log1p(power), Math.log1p(power)]));
  return { values, frames: powers.length, bands: 2 };
}

function fitPowers(powers: readonly number[], frames: number, padding: FeatureConfig["padding"]): number[] {
  const { values } = fitClip(makeClip(powers), frames, { padding, melBands: 2 });
  return [...values.filter((_, index) => index % 2 === 0)].map(
    (value) => Math.round(1e7 * Math.expm1(value)) / 1e7,
  );
}

describe("fitClip", () => {
  it.each([
    ["zero", [1, 2, 3, 0, 0, 0, 0, 0]],
    ["centre", [0, 0, 1, 2, 3, 0, 0, 0]],
    ["repeat", [1, 2, 3, 1, 2, 3, 1, 2]],
    ["loop", [1, 2, 3, 1, 2, 3, 1, 2]],
  ] as const)("fills a short clip by %s", (padding, expected) => {
    expect(fitPowers([1, 2, 3], 8, padding).map(Math.round)).toEqual(expected);
  });

  it.each(paddings)("keeps the start of a long clip (%s)", (padding) => {
    expect(fitPowers([1, 2, 3], 2, padding).map(Math.round)).toEqual([1, 2]);
  });

  it("leaves out silent frames at both ends, and none between sounds (loop)", () => {
    expect(fitPowers([0, 1e-7, 1, 0, 0.5, 9e-7, 0], 5, "loop")).toEqual([1, 0, 0.5, 1, 0]);
    expect(fitPowers([0, 1.1e-6, 1], 3, "loop")[0]).toBeGreaterThan(1e-6); // more than a millionth is sound
  });

  it("keeps a silent clip whole (loop)", () => {
    expect(fitPowers([0, 0, 0], 5, "loop")).toEqual([0, 0, 0, 0, 0]);
  });

  it("judges silence by the mel bands, and moves the columns behind them with their frames", () => {
    const values = Float32Array.of(0, 7, 1, 8, 0, 9); // one band, one more column
    expect(fitClip({ values, frames: 3, bands: 2 }, 2, { padding: "loop", melBands: 1 }).values).toEqual(
      Float32Array.of(1, 8, 1, 8),
    );
  });

  it("refuses a clip without frames", () => {
    expect(() => fitPowers([], 8, "repeat")).toThrow("fitClip: expected at least one frame, got none");
  });
});

/** Powers [batch, frames] through the nodes. */
async function fitInGraph(clips: readonly (readonly number[])[], config: FeatureConfig): Promise<number[]> {
  const graph = new GraphBuilder({ name: "fit" });
  const power = graph.addInput("power", "float32", ["batch", "frames", 2]);
  graph.addOutput("fitted", addFittedClip(graph, power, config), "float32", [
    "batch",
    countClipFrames(config),
    2,
  ]);
  const session = await ort.InferenceSession.create(graph.build());
  const frames = clips[0]?.length ?? 0;
  const values = Float32Array.from(clips.flatMap((clip) => clip.flatMap((one) => [one, one])));
  const { fitted } = await session.run({
    power: new ort.Tensor("float32", values, [clips.length, frames, 2]),
  });
  await session.release();
  expect(fitted?.dims).toEqual([clips.length, 8, 2]);
  return Array.from(fitted?.data ?? [], Number);
}

describe("addFittedClip", () => {
  it.each(paddings)("does what fitClip does, clip by clip (%s)", async (padding) => {
    const config = { ...small, padding };
    const power = fc.constantFrom(0, 1e-9, 2e-6, 0.5, 1);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 })).chain(([batch, frames]) =>
          fc.array(fc.array(power, { minLength: frames, maxLength: frames }), {
            minLength: batch,
            maxLength: batch,
          }),
        ),
        async (clips) => {
          const expected = clips.flatMap((clip) => [...fitClip(makeClip(clip), 8, config).values]);
          const actual = await fitInGraph(clips, config);
          for (const [index, value] of actual.entries())
            expect(Math.log1p(value)).toBeCloseTo(expected[index] ?? NaN, 6);
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  it("is the clip as it is for digital silence and for no numbers, as many frames as are needed", async () => {
    const config = { ...small, padding: "loop" } as const;
    expect(await fitInGraph([[0, 0, 0]], config)).toEqual(Array.from({ length: 16 }, () => 0));
    const answer = await fitInGraph([[NaN, NaN, NaN]], config);
    expect(answer).toEqual(Array.from({ length: 16 }, () => NaN));
  });

  it("finds every turn of loops of any length", async () => {
    const config = { ...small, padding: "repeat" } as const;
    for (let frames = 1; frames <= 20; frames++) {
      const clip = Array.from({ length: frames }, (_, frame) => frame);
      const fitted = (await fitInGraph([clip], config)).filter((_, index) => index % 2 === 0);
      expect(fitted).toEqual(Array.from({ length: 8 }, (_, frame) => frame % frames));
    }
  });
});

it("counts samples and frames of a clip: 5 s at 44.1 kHz are 220,500 and 214", () => {
  expect(countClipSamples(defaultFeatureConfig)).toBe(220_500);
  expect(countClipSamples({ clipSeconds: 0.1, sampleRateHz: 11_025 })).toBe(1103);
  expect(countClipFrames(defaultFeatureConfig)).toBe(214);
});

it("says what is wrong with less than a frame of sound", () => {
  expect(findLengthProblem(2048, defaultFeatureConfig)).toBeUndefined();
  expect(findLengthProblem(2047, defaultFeatureConfig)).toBe(
    "expected at least one frame of sound (2048 samples, 46 ms at 44100 Hz), got 2047 samples",
  );
});
