import type * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { at } from "../../../common/at.ts";
import { type Activation, activationSchema } from "../../graph/activation.ts";
import { type LayerCall, readConfig, readLayer, refuse, takeWeight } from "../../graph/layer-call.ts";
import type { Weight } from "../../graph/weight.ts";
import { isLayer } from "./wrapped-layer.ts";

/** ONNX operator, and the place of TF.js's gates in its order (ONNX: LSTM i o f c, GRU z r h; TF.js: i f c o, z r h). */
const operators = {
  SimpleRNNCell: { opType: "RNN", gates: [0], states: 1 },
  GRUCell: { opType: "GRU", gates: [0, 1, 2], states: 1 },
  LSTMCell: { opType: "LSTM", gates: [0, 3, 1, 2], states: 2 },
} as const;

/** One recurrent cell, its weights in ONNX's order for one direction. */
export interface RecurrentCell {
  readonly opType: "RNN" | "GRU" | "LSTM";
  readonly units: number;
  /** [gates * units, inputs] */
  readonly kernel: Weight;
  /** [gates * units, units] */
  readonly recurrentKernel: Weight;
  /** [2 * gates * units]: input's, then the recurrence's, which TF.js does not have apart. */
  readonly bias: Weight;
  readonly activations: readonly string[];
  /** 2 for LSTM: output and carry. */
  readonly states: 1 | 2;
}

const cellSchema = z.object({
  units: z.int(),
  activation: activationSchema,
  recurrentActivation: activationSchema.default("sigmoid"),
});

/** The functions that ONNX's recurrent operators know (operator LSTM, attribute `activations`), as TF.js means them. */
const activationNames: Partial<Record<Activation, string>> = {
  linear: "Affine",
  relu: "Relu",
  sigmoid: "Sigmoid",
  hardSigmoid: "HardSigmoid",
  tanh: "Tanh",
  softplus: "Softplus",
  softsign: "Softsign",
  elu: "Elu",
};

/** Cells of a recurrent layer, first to last: one, or those that StackedRNNCells stacks. */
export function readCells(owner: LayerCall, layer: tf.layers.Layer): RecurrentCell[] {
  const cell = "cell" in layer ? layer.cell : undefined;
  if (!isLayer(cell)) refuse(owner, "a recurrent layer with a cell", layer.getClassName());
  const stacked = "cells" in cell && Array.isArray(cell.cells) ? cell.cells.filter(isLayer) : [cell];
  return stacked.map((one) => readCell(owner, one));
}

function readCell(owner: LayerCall, cell: tf.layers.Layer): RecurrentCell {
  const className = cell.getClassName();
  const operator = Object.entries(operators).find(([name]) => name === className)?.[1];
  if (operator === undefined) refuse(owner, "SimpleRNNCell, GRUCell or LSTMCell", className);
  const source = readLayer(cell, []);
  const { units, activation, recurrentActivation } = readConfig(cellSchema, owner, source.config);
  const { opType, gates, states } = operator;
  const width = gates.length * units;
  const bias = source.weights.get("bias")?.data ?? new Float32Array(width);
  const inner = nameActivation(owner, activation);
  const outer = nameActivation(owner, recurrentActivation);
  return {
    opType,
    units,
    states,
    kernel: turnGates(takeWeight(source, "kernel"), gates, units),
    recurrentKernel: turnGates(takeWeight(source, "recurrent_kernel"), gates, units),
    bias: {
      data: Float32Array.from([
        ...turnGates({ data: bias, dims: [1, width] }, gates, units).data,
        ...new Float32Array(width),
      ]),
      dims: [2 * width],
    },
    activations: opType === "RNN" ? [inner] : opType === "GRU" ? [outer, inner] : [outer, inner, inner],
  };
}

/** [inputs, gates * units] -> [gates * units, inputs] with the gates in ONNX's order. */
function turnGates({ data, dims }: Weight, gates: readonly number[], units: number): Weight {
  const [inputs, width] = [at(dims, 0), at(dims, 1)];
  const turned = new Float32Array(data.length);
  gates.forEach((gate, place) => {
    for (let unit = 0; unit < units; unit++) {
      // Over every number of the weight: `?? 0` is never taken, and `at` would cost time.
      for (let input = 0; input < inputs; input++) {
        turned[(place * units + unit) * inputs + input] = data[input * width + gate * units + unit] ?? 0;
      }
    }
  });
  return { data: turned, dims: [width, inputs] };
}

function nameActivation(owner: LayerCall, activation: Activation): string {
  const name = activationNames[activation];
  if (name === undefined) {
    refuse(owner, `a recurrence with ${Object.keys(activationNames).join(", ")}`, activation);
  }
  return name;
}
