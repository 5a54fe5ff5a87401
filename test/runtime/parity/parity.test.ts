import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parityResultSchema } from "../../../features/model-metadata.ts";
import type { SampleShape, ShapedScorer } from "../../../runtime/ort-scorer.ts";
import {
  buildFeatureInputs,
  buildSampleInputs,
  type ParityInput,
} from "../../../runtime/parity/parity-inputs.ts";
import { compareScorers, formatParityReport, verifyParity } from "../../../runtime/parity/parity.ts";
import { tinyFeatures } from "../tiny-model.ts";

type PairShape = readonly [clips: number, values: number];

/** Answers each clip of two values with [a, b, shift]. */
function createScorer(shift: (clip: number) => number): ShapedScorer<PairShape> {
  return {
    score: (values, [clips]) =>
      Promise.resolve(
        Float32Array.from({ length: clips * 3 }, (_, index) => {
          const clip = Math.floor(index / 3);
          const place = index % 3;
          return place === 2 ? shift(clip) : (values[clip * 2 + place] ?? NaN);
        }),
      ),
    dispose: () => Promise.resolve(),
  };
}

const inputs: ParityInput<PairShape>[] = [
  { name: "one", values: Float32Array.of(1, 4), shape: [1, 2] },
  { name: "two", values: Float32Array.of(1, 4, 3, -8), shape: [2, 2] },
];

describe("compareScorers", () => {
  it("passes a scorer that answers the same", async () => {
    const report = await compareScorers(
      createScorer(() => 0),
      createScorer(() => 0),
      inputs,
      {
        target: "cpu",
      },
    );
    expect(report).toMatchObject({
      target: "cpu",
      inputs: 2,
      maxAbsoluteDifference: 0,
      maxRelativeDifference: 0,
      topClassAgreement: 1,
      passed: true,
    });
  });

  it("finds the largest difference and its place", async () => {
    const other = createScorer((clip) => (clip === 1 ? 0.5 : 0.25));
    const report = await compareScorers(
      createScorer(() => 0),
      other,
      inputs,
      { target: "cpu" },
    );
    expect(report.passed).toBe(false);
    expect(report.maxAbsoluteDifference).toBe(0.5);
    expect(report.maxRelativeDifference).toBe(0.0625); // 0.25 of 4 and 0.5 of 8
    expect(report.topClassAgreement).toBe(1);
    expect(report.details[1]).toMatchObject({ name: "two", clip: 1, classIndex: 2, reference: [3, -8, 0] });
  });

  it.each([
    { largest: 0.1, difference: 2 ** -14, passed: true }, // 6.1e-5
    { largest: 0.1, difference: 2 ** -13, passed: false }, // 1.2e-4
    { largest: 3, difference: 2 ** -13, passed: false },
    { largest: 32, difference: 2 ** -12, passed: true }, // 2.4e-4; 1.5e-5 of 32 is more
    { largest: -32, difference: 2 ** -12, passed: true },
    { largest: 32, difference: 2 ** -10, passed: false }, // 9.8e-4
  ])("of a largest logit of $largest, a difference of $difference: passed $passed", async (row) => {
    const clip = { name: "clip", values: Float32Array.of(row.largest, 1), shape: [1, 2] as const };
    const report = await compareScorers(
      createScorer(() => 0),
      createScorer(() => row.difference),
      [clip],
      { target: "cpu" },
    );
    expect(report.passed).toBe(row.passed);
    expect(report.maxAbsoluteDifference).toBe(row.difference);
  });

  it("holds each clip to its own largest logit", async () => {
    const pair = { name: "pair", values: Float32Array.of(1000, 0, 1, 0), shape: [2, 2] as const };
    const differ = (clip: number) => createScorer((row) => (row === clip ? 2 ** -12 : 0));
    const judge = async (clip: number) =>
      (
        await compareScorers(
          createScorer(() => 0),
          differ(clip),
          [pair],
          { target: "cpu" },
        )
      ).passed;
    expect(await judge(0)).toBe(true);
    expect(await judge(1)).toBe(false);
  });

  it("fails a difference within the tolerance that changes the class", async () => {
    const tie = createScorer(() => 4 - 1e-5);
    const over = createScorer(() => 4 + 1e-5);
    const report = await compareScorers(tie, over, inputs, { target: "cpu" });
    expect(report.maxAbsoluteDifference).toBeLessThan(1e-4);
    expect(report).toMatchObject({ topClassAgreement: 0, passed: false });
  });

  it.each([NaN, Infinity])(
    "fails %d, even when both answer it, with numbers that survive JSON",
    async (value) => {
      const invalid = createScorer(() => value);
      const report = await compareScorers(invalid, invalid, inputs, { target: "cpu", tolerance: 1e300 });
      expect(report.passed).toBe(false);
      expect(parityResultSchema.safeParse(JSON.parse(JSON.stringify(report))).success).toBe(true);
    },
  );

  it("refuses to pass without inputs, or with answers of different size", async () => {
    const scorer = createScorer(() => 0);
    await expect(compareScorers(scorer, scorer, [], { target: "cpu" })).rejects.toThrow("at least one input");
    const short: ShapedScorer<PairShape> = { ...scorer, score: () => Promise.resolve(new Float32Array(2)) };
    await expect(compareScorers(scorer, short, inputs, { target: "cpu" })).rejects.toThrow(
      "one: expected equal numbers of logits for 1 clips, got 3 and 2",
    );
  });

  it("reports the difference that was put in, wherever it is", async () => {
    const place = fc.record({ clip: fc.nat(1), difference: fc.integer({ min: -64, max: 64 }) });
    await fc.assert(
      fc.asyncProperty(place, async ({ clip, difference }) => {
        const other = createScorer((row) => (row === clip ? difference / 64 : 0));
        const report = await compareScorers(
          createScorer(() => 0),
          other,
          inputs,
          { target: "cpu" },
        );
        expect(report.maxAbsoluteDifference).toBe(Math.abs(difference) / 64);
        expect(report.passed).toBe(difference === 0);
      }),
    );
  });
});

describe("verifyParity", () => {
  it("throws the worst input, both answers, the difference and its place", async () => {
    const other = createScorer((clip) => (clip === 1 ? 9 : 0));
    await expect(
      verifyParity(
        createScorer(() => 0),
        other,
        inputs,
      ),
    ).rejects.toThrow(
      [
        "parity with model B FAILED: 2 inputs, largest difference 9.00e+0, 7.31e+0 at logits of 6.5 (tolerance 0.0001), same class 50.0 %",
        "worst input: two [2, 2], clip 1, class 2",
        "  reference: 3.000000, -8.000000, 0.000000",
        "  model B: 3.000000, -8.000000, 9.000000",
        "  difference 9.00e+0, relative 1.13e+0",
      ].join("\n"),
    );
  });

  it("returns the report when all is well", async () => {
    const report = await verifyParity(
      createScorer(() => 0),
      createScorer(() => 0),
      inputs,
    );
    expect(formatParityReport(report)).toBe(
      "parity with model B passed: 2 inputs, largest difference 0.00e+0 (tolerance 0.0001), same class 100.0 %",
    );
  });
});

describe("parity inputs", () => {
  const samples = new Float32Array(4000);
  const sampleInputs = buildSampleInputs([{ name: "a.wav", content: samples }], tinyFeatures);
  const featureInputs = buildFeatureInputs(
    [{ name: "a.wav", content: { values: new Float32Array(30 * 8), frames: 30, bands: 8 } }],
    tinyFeatures,
  );

  it.each([
    ["samples", sampleInputs],
    ["features", featureInputs],
  ])("%s: hold the clips, then the edges, each as large as its shape", (kind, built) => {
    expect(built.map(({ name }) => name)).toEqual([
      "a.wav",
      "zeros",
      "full scale",
      "impulse",
      "one frame short",
      ...(kind === "samples" ? ["a tenth longer", "a short sound", "silence around sounds, a batch"] : []),
      "batch 2",
      "batch 7",
    ]);
    for (const { values, shape } of built)
      expect(values).toHaveLength(shape.reduce<number>((product, size) => product * size, 1));
  });

  it("count frames as the features do", () => {
    expect(featureInputs.map(({ shape }) => shape[1])).toEqual([30, 30, 30, 30, 29, 30, 30]);
    const lengths = sampleInputs.map(({ shape }: { shape: SampleShape }) => shape[1]);
    expect(lengths).toEqual([4000, 4000, 4000, 4000, 3872, 4400, 571, 4000, 4000, 4000]);
  });

  it("go further when asked to", () => {
    const names = (built: readonly { name: string }[]) => built.slice(-2).map(({ name }) => name);
    expect(names(buildFeatureInputs([], tinyFeatures, { thorough: true }))).toEqual([
      "batch 33",
      "10 minutes",
    ]);
    const thorough = buildSampleInputs([], tinyFeatures, { thorough: true });
    expect(names(thorough)).toEqual(["batch 33", "10 minutes"]);
    expect(thorough.at(-1)?.values).toHaveLength(600 * 8000);
  });

  it("are the same every time, and full scale stays within it", () => {
    expect(buildSampleInputs([{ name: "a.wav", content: samples }], tinyFeatures)).toEqual(sampleInputs);
    for (const { values } of sampleInputs)
      expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
  });
});
