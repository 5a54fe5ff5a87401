import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { SinusoidalPositions } from "../../../models/layers/sinusoidal-positions.ts";
import { compareTarget, formatOutcomes, judgeAnswers } from "../../../pipeline/parity/compare-targets.ts";
import { type TargetName, targets } from "../../../pipeline/parity/targets/index.ts";
import { buildSampleInputs } from "../../../runtime/parity/parity-inputs.ts";
import { readModel } from "../../../runtime/node.ts";
import { describeWithBrowser } from "../../browser/launch-browser.ts";
import { describeWithOracle } from "../../python/oracle.ts";
import { buildTinyModel } from "../../runtime/tiny-model.ts";

const model = buildTinyModel();
const inputs = buildSampleInputs([], readModel(model, "tiny").features, { minFrames: 1 });
const options = { tolerance: 1e-4, minAgreement: 1, isTimed: () => true };

async function expectSameAnswers(name: TargetName): Promise<void> {
  const reference = await targets.cpu(model, inputs);
  const expected = reference.map((answer) => ("error" in answer ? new Float32Array() : answer.logits));
  const outcome = await compareTarget(name, model, inputs, expected, options);
  expect(outcome.unavailable).toBeUndefined();
  expect(outcome.notRun).toEqual([]);
  expect(outcome.report).toMatchObject({ target: name, inputs: inputs.length, passed: true });
  expect(outcome.report?.meanMs).toBeGreaterThan(0);
}

describeWithBrowser("in a real browser", () => {
  it.each(["wasm", "webgpu"] as const)(
    "%s answers as onnxruntime-node does",
    { timeout: 180_000 },
    async (name) => {
      await expectSameAnswers(name);
    },
  );

  it(
    "webgpu, whose own sine is 2e-4 off, adds the positions of a long sound",
    { timeout: 180_000 },
    async () => {
      const shape = [1, 1000, 8] as const;
      const network = tf.sequential({ layers: [new SinusoidalPositions({ inputShape: [null, 8] })] });
      const values = new Float32Array(1000 * 8);
      const expected = tf.tidy(() => {
        const answer = network.predict(tf.tensor3d(values, [...shape]));
        return Array.isArray(answer) ? new Float32Array() : Float32Array.from(answer.dataSync());
      });
      const positions = [{ name: "positions", values, shape }];
      const outcome = await compareTarget(
        "webgpu",
        exportLayersModel(network),
        positions,
        [expected],
        options,
      );
      expect(outcome.report?.maxAbsoluteDifference).toBeLessThan(3e-6);
    },
  );
});

describeWithOracle("in Python", () => {
  it("onnxruntime answers as onnxruntime-node does", async () => {
    await expectSameAnswers("python");
  });
});

const two = inputs.slice(0, 2);
const right = [Float32Array.of(1, 2), Float32Array.of(3, 1)];

it("finds a target that is off, and counts its logits' distances", () => {
  const answers = [
    { logits: Float32Array.of(1, 2), ms: 1 },
    { logits: Float32Array.of(3, 1 + 2 ** -22), ms: 3 },
  ];
  const exact = judgeAnswers("cpu", answers, two, right, options);
  expect(exact.report).toMatchObject({ passed: true, meanMs: 3, ulpHistogram: [3, 1, 0, 0, 0, 0, 0, 0] });
  const wrong = judgeAnswers(
    "cpu",
    [{ logits: Float32Array.of(1, 2.5), ms: 1 }],
    two.slice(0, 1),
    right,
    options,
  );
  expect(wrong.report).toMatchObject({ passed: false, maxAbsoluteDifference: 0.5 });
});

it("shows what is not available and what did not run, and counts neither as passed", () => {
  const outcomes = [
    { target: "cuda", unavailable: "no library", notRun: [] },
    judgeAnswers(
      "webgpu",
      [{ error: "out of memory" }, { logits: Float32Array.of(3, 1), ms: 1 }],
      two,
      right,
      options,
    ),
  ];
  const text = formatOutcomes(outcomes, 2);
  expect(text).toMatch(/cuda .*not available/);
  expect(text).toContain("cuda is not available: no library");
  expect(text).toMatch(/webgpu +1\/2 .*passed/);
  expect(text).toContain(`webgpu did not run "${two[0]?.name ?? ""}": out of memory`);
  expect(judgeAnswers("wasm", [{ error: "no" }], two.slice(0, 1), right, options).report).toBeUndefined();
});

it("says why CUDA is missing, where it is", async () => {
  const { unavailable, report } = await compareTarget("cuda", model, inputs, [], options).catch(() => ({
    unavailable: "present",
    report: undefined,
  }));
  expect(report).toBeUndefined();
  expect(unavailable).toMatch(/libonnxruntime_providers|linux x64|present|CUDA/);
});
