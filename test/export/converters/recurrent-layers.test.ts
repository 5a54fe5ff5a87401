import * as tf from "@tensorflow/tfjs";
import { describeRows, openSequence, type Row, sequence } from "./layer-cases.ts";

const { layers } = tf;

const recurrent: Row[] = [
  ["simpleRNN", () => layers.simpleRNN({ units: 4 }), openSequence],
  [
    "simpleRNN backwards, relu",
    () => layers.simpleRNN({ units: 4, activation: "relu", goBackwards: true }),
    openSequence,
  ],
  [
    "simpleRNN linear",
    () => layers.simpleRNN({ units: 4, activation: "linear", returnSequences: true }),
    sequence,
  ],
  ["gru", () => layers.gru({ units: 4 }), openSequence],
  [
    "gru, sequences and state",
    () => layers.gru({ units: 4, returnSequences: true, returnState: true }),
    openSequence,
  ],
  [
    "gru, other activations",
    () => layers.gru({ units: 4, activation: "softsign", recurrentActivation: "sigmoid" }),
    sequence,
  ],
  [
    "gru, elu",
    () => layers.gru({ units: 4, activation: "elu", recurrentActivation: "hardSigmoid" }),
    sequence,
  ],
  ["lstm", () => layers.lstm({ units: 4 }), openSequence],
  [
    "lstm, sequences backwards",
    () => layers.lstm({ units: 4, returnSequences: true, goBackwards: true }),
    openSequence,
  ],
  ["lstm, states", () => layers.lstm({ units: 4, returnState: true, useBias: false }), openSequence],
  [
    "rnn of stacked cells",
    () =>
      layers.rnn({
        cell: [
          layers.lstmCell({ units: 4 }),
          layers.gruCell({ units: 3 }),
          layers.simpleRNNCell({ units: 5 }),
        ],
        returnSequences: true,
        returnState: true,
      }),
    openSequence,
  ],
  ...(["concat", "sum", "mul", "ave"] as const).flatMap((mergeMode): Row[] => [
    [
      `bidirectional lstm, ${mergeMode}`,
      () => layers.bidirectional({ layer: lstm({ units: 4, returnSequences: true }), mergeMode }),
      openSequence,
    ],
    [
      `bidirectional gru, last, ${mergeMode}`,
      () => layers.bidirectional({ layer: gru({ units: 4 }), mergeMode }),
      sequence,
    ],
  ]),
  [
    "timeDistributed dense",
    () => layers.timeDistributed({ layer: layers.dense({ units: 4 }) }),
    openSequence,
  ],
  [
    "timeDistributed conv2d",
    () => layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu" }) }),
    { inputShape: [2, 4, 6, 5, 3] },
  ],
];

describeRows("recurrent", recurrent);

/** tf.layers.bidirectional asks for RNN by type, and gets it from these only with their own return types. */
function lstm(args: Parameters<typeof layers.lstm>[0]) {
  return layers.lstm(args);
}

function gru(args: Parameters<typeof layers.gru>[0]) {
  return layers.gru(args);
}
