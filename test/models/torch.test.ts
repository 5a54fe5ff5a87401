import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { addEncoderLayer } from "../../models/add-encoder-layer.ts";
import { CentredBatchNorm } from "../../models/layers/centred-batch-norm.ts";
import { LayerNorm } from "../../models/layers/layer-norm.ts";
import { MultiHeadAttention } from "../../models/layers/multi-head-attention.ts";
import { loadEngine } from "../../training/engine.ts";
import { forward, wrapLayer } from "./check-layer.ts";

// torch.json holds what PyTorch's own modules answered; fixtures/make-torch-fixtures.py made it.
const valuesSchema = z.object({ shape: z.array(z.int()), values: z.array(z.number()) });
const caseSchema = z.object({
  input: valuesSchema,
  output: valuesSchema,
  probe: valuesSchema,
  inputGradient: valuesSchema,
  state: z.record(z.string(), valuesSchema),
  gradients: z.record(z.string(), valuesSchema),
  before: z.record(z.string(), valuesSchema).optional(),
});
type Values = z.infer<typeof valuesSchema>;
type Case = z.infer<typeof caseSchema>;

let cases: Record<string, Case> = {};
beforeAll(async () => {
  await loadEngine("auto");
  const text = await readFile(new URL("fixtures/torch.json", import.meta.url), "utf8");
  cases = z.record(z.string(), caseSchema).parse(JSON.parse(text));
});

function readCase(name: string): Case {
  const found = cases[name];
  if (found === undefined) throw new Error(`torch.json: no case ${name}`);
  return found;
}

const toTensor = ({ shape, values }: Values): tf.Tensor => tf.tensor(values, shape);

function pick(record: Record<string, Values>, key: string): tf.Tensor {
  const found = record[key];
  if (found === undefined) throw new Error(`torch.json: no ${key}`);
  return toTensor(found);
}

async function expectClose(actual: tf.Tensor, expected: Values, tolerance = 1e-5): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const values = await actual.data();
  const scale = Math.max(1, ...expected.values.map(Math.abs));
  const worst = expected.values.reduce(
    (max, value, index) => Math.max(max, Math.abs(value - (values[index] ?? NaN))),
    0,
  );
  expect(worst / scale).toBeLessThan(tolerance);
}

/** Output, and gradient by the input, of sum(output * probe). */
async function expectSameAnswer(model: tf.LayersModel, answer: Case, training = false): Promise<void> {
  const x = tf.variable(toTensor(answer.input));
  await expectClose(forward(model, x, training), answer.output);
  const { grads } = tf.variableGrads(
    () => forward(model, x, training).mul(toTensor(answer.probe)).sum().asScalar(),
    [x],
  );
  const gradient = grads[x.name];
  if (gradient === undefined) throw new Error("no gradient");
  await expectClose(gradient, answer.inputGradient);
}

/** PyTorch's packed projections, [out, in], as our kernels, [in, out], in the order of our weights. */
function convertAttention(state: Record<string, Values>, prefix = ""): tf.Tensor[] {
  const kernels = tf.split(pick(state, `${prefix}in_proj_weight`), 3).map((kernel) => kernel.transpose());
  const biases = tf.split(pick(state, `${prefix}in_proj_bias`), 3);
  const packed = kernels.flatMap((kernel, index) => [kernel, biases[index] ?? tf.zeros([0])]);
  return [
    ...packed,
    pick(state, `${prefix}out_proj.weight`).transpose(),
    pick(state, `${prefix}out_proj.bias`),
  ];
}

describe("the answers of PyTorch's modules with the same weights", () => {
  it.each([1, 2, 4])("nn.MultiheadAttention, %i heads", async (heads) => {
    const answer = readCase(`attention${heads}`);
    const model = wrapLayer(new MultiHeadAttention({ heads }), answer.input.shape);
    model.setWeights(convertAttention(answer.state));
    await expectSameAnswer(model, answer);
  });

  it("nn.LayerNorm", async () => {
    const answer = readCase("layerNorm");
    const model = wrapLayer(new LayerNorm(), answer.input.shape);
    model.setWeights([pick(answer.state, "weight"), pick(answer.state, "bias")]);
    await expectSameAnswer(model, answer);
  });

  it("nn.TransformerEncoderLayer, norm first", async () => {
    const answer = readCase("encoder");
    const input = tf.input({ shape: [null, 8] });
    let seed = 1;
    const output = addEncoderLayer(input, {
      name: "encoder",
      heads: 2,
      feedForwardWidth: 16,
      dropout: 0,
      weightInit: "xavier",
      nextSeed: () => seed++,
    });
    const model = tf.model({ inputs: input, outputs: output });
    const { state } = answer;
    const norm = (name: string): tf.Tensor[] => [pick(state, `${name}.weight`), pick(state, `${name}.bias`)];
    const dense = (name: string): tf.Tensor[] => [
      pick(state, `${name}.weight`).transpose(),
      pick(state, `${name}.bias`),
    ];
    model.setWeights([
      ...norm("norm1"),
      ...convertAttention(state, "self_attn."),
      ...norm("norm2"),
      ...dense("linear1"),
      ...dense("linear2"),
    ]);
    await expectSameAnswer(model, answer);
  });

  it("nn.BatchNorm1d in training, with its moving statistics", async () => {
    const answer = readCase("batchNormTraining");
    const layer = new CentredBatchNorm();
    const model = wrapLayer(layer, answer.input.shape);
    const start = answer.before ?? {};
    const weights = (state: Record<string, Values>): tf.Tensor[] =>
      ["bias", "running_mean", "running_var"].map((key) => pick(state, key));
    model.setWeights(weights(start));
    await expectClose(forward(model, toTensor(answer.input), true), answer.output);
    for (const [index, key] of ["running_mean", "running_var"].entries()) {
      const expected = answer.state[key];
      const actual = layer.getWeights()[index + 1];
      if (expected === undefined || actual === undefined) throw new Error(`no ${key}`);
      await expectClose(actual, expected);
    }
    await expectSameAnswer(model, answer, true);
  });

  it("nn.BatchNorm1d in inference", async () => {
    const answer = readCase("batchNormInference");
    const model = wrapLayer(new CentredBatchNorm(), answer.input.shape);
    model.setWeights(["bias", "running_mean", "running_var"].map((key) => pick(answer.state, key)));
    await expectSameAnswer(model, answer);
  });
});
