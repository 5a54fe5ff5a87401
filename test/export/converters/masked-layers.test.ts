import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { expectModelParity, takeSymbolic } from "../parity-harness.ts";

const { layers } = tf;
const frames = 6;

/** Of each sequence, which frames the data have; sequences of none, with gaps, from the first and to the last. */
const patterns = ["111111", "110000", "001100", "000111", "101010", "000000"];

/** Zeroes the frames that a pattern leaves out; [batch, frames, 3]. */
function maskFrames(value: number, index: number): number {
  const [row, frame] = [Math.floor(index / (3 * frames)), Math.floor(index / 3) % frames];
  return patterns[row]?.[frame] === "1" ? value : 0;
}

type Build = (x: tf.SymbolicTensor) => tf.SymbolicTensor;

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
  takeSymbolic(layer.apply(inputs.length === 1 && inputs[0] !== undefined ? inputs[0] : inputs));

const masked = (x: tf.SymbolicTensor): tf.SymbolicTensor => apply(layers.masking(), x);

const stack = () => [layers.lstmCell({ units: 4 }), layers.gruCell({ units: 3 })];

const rows: [title: string, build: Build][] = [
  ["lstm", (x) => apply(layers.lstm({ units: 4 }), masked(x))],
  ["lstm, sequences", (x) => apply(layers.lstm({ units: 4, returnSequences: true }), masked(x))],
  ["lstm, backwards", (x) => apply(layers.lstm({ units: 4, goBackwards: true }), masked(x))],
  [
    "lstm, sequences backwards",
    (x) => apply(layers.lstm({ units: 4, goBackwards: true, returnSequences: true }), masked(x)),
  ],
  ["gru", (x) => apply(layers.gru({ units: 4, returnSequences: true }), masked(x))],
  ["simpleRNN", (x) => apply(layers.simpleRNN({ units: 4 }), masked(x))],
  ["stacked cells", (x) => apply(layers.rnn({ cell: stack(), returnSequences: true }), masked(x))],
  ["stacked cells, last", (x) => apply(layers.rnn({ cell: stack(), goBackwards: true }), masked(x))],
  [
    "another mask value",
    (x) => apply(layers.gru({ units: 2 }), apply(layers.masking({ maskValue: 0.5 }), x)),
  ],
  ...(["concat", "sum", "mul", "ave"] as const).flatMap((mergeMode): [string, Build][] => [
    [
      `bidirectional lstm, ${mergeMode}`,
      (x) =>
        apply(
          layers.bidirectional({ layer: lstm({ units: 4, returnSequences: true }), mergeMode }),
          masked(x),
        ),
    ],
    [
      `bidirectional gru, last, ${mergeMode}`,
      (x) => apply(layers.bidirectional({ layer: gru({ units: 4 }), mergeMode }), masked(x)),
    ],
  ]),
  [
    "two recurrences, the mask of the first's sequence",
    (x) =>
      apply(layers.gru({ units: 2 }), apply(layers.lstm({ units: 4, returnSequences: true }), masked(x))),
  ],
  [
    "layers that pass the mask on",
    (x) => {
      const dense = apply(layers.dense({ units: 3, activation: "tanh" }), masked(x));
      const norm = apply(layers.batchNormalization(), apply(layers.dropout({ rate: 0.5 }), dense));
      return apply(
        layers.lstm({ units: 2 }),
        apply(layers.timeDistributed({ layer: layers.dense({ units: 2 }) }), norm),
      );
    },
  ],
  [
    "TF.js's executor: a layer without masks between, through which the mask comes all the same",
    (x) => apply(layers.lstm({ units: 2 }), apply(layers.layerNormalization(), masked(x))),
  ],
  [
    "TF.js's executor: the mask of a longer sequence",
    (x) => apply(layers.lstm({ units: 2 }), apply(layers.conv1d({ filters: 2, kernelSize: 3 }), masked(x))),
  ],
  [
    "TF.js's executor: the mask of a longer sequence, backwards",
    (x) =>
      apply(
        layers.gru({ units: 2, goBackwards: true, returnSequences: true }),
        apply(layers.maxPooling1d({ poolSize: 2 }), masked(x)),
      ),
  ],
  [
    "TF.js's executor: a second branch after the masked one",
    (x) =>
      apply(
        layers.concatenate(),
        apply(layers.gru({ units: 2 }), x),
        apply(layers.lstm({ units: 2 }), masked(x)),
        apply(layers.simpleRNN({ units: 2 }), x),
      ),
  ],
  [
    "a nested model, to which TF.js gives the mask of the outer one",
    (x) => {
      const inner = tf.sequential({ layers: [layers.gru({ units: 2, inputShape: [null, 3] })] });
      return apply(
        layers.add(),
        apply(inner, x),
        apply(layers.lstm({ units: 2 }), masked(x)),
        apply(inner, masked(x)),
      );
    },
  ],
  [
    "concatenate of masked sequences",
    (x) =>
      apply(
        layers.lstm({ units: 2 }),
        apply(layers.concatenate(), masked(x), apply(layers.masking({ maskValue: 1 }), x)),
      ),
  ],
  [
    "concatenate along time",
    (x) => apply(layers.lstm({ units: 2 }), apply(layers.concatenate({ axis: 1 }), masked(x), masked(x))),
  ],
  [
    "int32 steps",
    (x) => {
      const words = apply(layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }), x);
      return apply(layers.bidirectional({ layer: lstm({ units: 2, returnSequences: true }) }), words);
    },
  ],
];

describe.each([frames, null])("masks, %s frames", (length) => {
  it.each(rows)("%s", async (title, build) => {
    const isWords = title === "int32 steps";
    const x = isWords
      ? tf.input({ shape: [length], dtype: "int32", name: "x" })
      : tf.input({ shape: [length, 3], name: "x" });
    const model = tf.model({ inputs: x, outputs: build(x) });
    const shape = isWords ? [6, frames] : [6, frames, 3];
    const fill = isWords
      ? (value: number, index: number) =>
          patterns[Math.floor(index / frames)]?.[index % frames] === "1"
            ? 1 + (Math.abs(Math.round(9 * value)) % 4)
            : 0
      : maskFrames;
    await expectModelParity(model, [shape], { fill });
  });
});

it("takes first states, which a sequence without a step that counts keeps", async () => {
  const x = tf.input({ shape: [null, 3], name: "x" });
  const h = tf.input({ shape: [4], name: "h" });
  const c = tf.input({ shape: [4], name: "c" });
  // Only one output: for a second one TF.js runs the layer again, with the first states twice, and throws.
  const output = apply(layers.lstm({ units: 4, returnSequences: true }), masked(x), h, c);
  const model = tf.model({ inputs: [x, h, c], outputs: output });
  const shapes = [
    [6, frames, 3],
    [6, 4],
    [6, 4],
  ];
  await expectModelParity(model, shapes, {
    fill: (value, index) => (index < 108 ? maskFrames(value, index) : value),
  });
});

it.each<[string, Build, string]>([
  [
    "a mask after Add",
    (x) => apply(layers.lstm({ name: "memory", units: 2 }), apply(layers.add(), masked(x), masked(x))),
    "memory (LSTM): expected a mask [batch, frames], got one of rank 3, which TF.js cannot apply",
  ],
  [
    "Softmax behind a mask",
    (x) => apply(layers.softmax({ axis: -1, name: "chances" }), masked(x)),
    "chances (Softmax): expected no mask",
  ],
  [
    "a mask on every step of a TimeDistributed recurrence",
    (x) => {
      const steps = apply(layers.reshape({ targetShape: [frames, 3, 1] }), masked(x));
      return apply(layers.timeDistributed({ name: "steps", layer: layers.gru({ units: 2 }) }), steps);
    },
    "steps (TimeDistributed): expected no mask before an inner GRU",
  ],
])("refuses %s", (_, build, message) => {
  const x = tf.input({ shape: [frames, 3], name: "x" });
  expect(() => exportLayersModel(tf.model({ inputs: x, outputs: build(x) }))).toThrow(message);
});

/** tf.layers.bidirectional asks for RNN by type, and gets it from these only with their own return types. */
function lstm(args: Parameters<typeof layers.lstm>[0]) {
  return layers.lstm(args);
}

function gru(args: Parameters<typeof layers.gru>[0]) {
  return layers.gru(args);
}
