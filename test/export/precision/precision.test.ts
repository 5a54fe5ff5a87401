import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { measureRanges } from "../../../export/precision/calibrate.ts";
import { buildLayersModel, exportLayersModel } from "../../../export/export-layers-model.ts";
import type { ValueRange } from "../../../export/precision/static-int8.ts";
import { createNetwork } from "../../../models/create-network.ts";
import { networkConfigSchema } from "../../../models/network-config.ts";
import { countParameters } from "../../../onnx/graph.ts";
import { createNormal, predict, randomiseWeights, runOnnx } from "../parity-harness.ts";

const shape = [8, 64, 96];

async function calibrate(network: ReturnType<typeof createNetwork>): Promise<Map<string, ValueRange>> {
  const session = await ort.InferenceSession.create(exportLayersModel(network, { observeRanges: true }));
  const random = createNormal(5);
  const features = new ort.Tensor("float32", Float32Array.from({ length: 8 * 64 * 96 }, random), shape);
  const ranges = await measureRanges(session, [{ features }]);
  await session.release();
  return ranges;
}

describe.each(["cnn", "cnn-transformer"])("%s", (architecture) => {
  const network = createNetwork(networkConfigSchema.parse({ architecture }), 1);
  const random = createNormal(2);
  randomiseWeights(network, random);
  const data = Float32Array.from({ length: 8 * 64 * 96 }, random);
  const full = exportLayersModel(network);
  const [truth] = predict(network, [data], [shape]);
  const expected = Array.from(truth?.data ?? []);

  it.each([
    { precision: "fp16", fraction: 0.52, tolerance: 0.001 },
    { precision: "fp16-weights", fraction: 0.52, tolerance: 0.001 },
    { precision: "int8", fraction: 0.27, tolerance: 0.05 },
    { precision: "int8", keepEdges: true, fraction: 0.34, tolerance: 0.05 },
    { precision: "int8-dynamic", fraction: 0.27, tolerance: 0.05 },
    { precision: "int8-weights", fraction: 0.27, tolerance: 0.05 },
  ] as const)(
    "$precision: at most $fraction of the bytes, the same classes",
    async ({ fraction, tolerance, ...options }) => {
      const ranges = await calibrate(network);
      const bytes = exportLayersModel(network, { ...options, ranges });
      expect(bytes.length / full.length).toBeLessThanOrEqual(fraction);
      const [answer] = await runOnnx(bytes, network, [data], [shape]);
      const actual = Array.from(answer?.data ?? []);
      const spread = Math.max(...expected) - Math.min(...expected);
      const largest = Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN))));
      expect(largest / spread).toBeLessThanOrEqual(tolerance);
      const classOf = (logits: number[], clip: number): number => {
        const own = logits.slice(clip * 10, clip * 10 + 10);
        return own.indexOf(Math.max(...own));
      };
      for (let clip = 0; clip < 8; clip++) expect(classOf(actual, clip)).toBe(classOf(expected, clip));
    },
  );
});

describe("static int8", () => {
  const network = createNetwork(networkConfigSchema.parse({ architecture: "cnn" }), 1);

  it("puts a scale for each output channel on weights, and one of both factors on biases", async () => {
    const model = buildLayersModel(network, { precision: "int8", ranges: await calibrate(network) });
    expect(countParameters(model)).toBe(641_034);
    const constants = new Map(model.constants.map((constant) => [constant.name, constant]));
    const [weights, input, bias] = [
      "conv1/kernel/scale",
      "features/channels-first/scale",
      "conv1/bias/scale",
    ].map((name) => constants.get(name)?.data);
    expect(weights).toHaveLength(128);
    expect(Number(bias?.[7])).toBeCloseTo(Number(weights?.[7]) * Number(input?.[0]), 10);
    expect(constants.get("conv1/kernel/int8")?.elementType).toBe("int8");
  });

  it("leaves the first layer and the head in float32 where asked", async () => {
    const ranges = await calibrate(network);
    const model = buildLayersModel(network, { precision: "int8", ranges, keepEdges: true });
    const stored = new Map(model.constants.map(({ name, elementType }) => [name, elementType]));
    expect(stored.get("conv1/kernel")).toBe("float32");
    expect(stored.get("logits/kernel")).toBe("float32");
    expect(stored.get("conv2/kernel/int8")).toBe("int8");
  });

  it("is not exported without ranges", () => {
    expect(() => exportLayersModel(network, { precision: "int8" })).toThrow("expected ranges measured");
  });
});
