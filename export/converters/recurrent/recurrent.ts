import { at } from "../../../common/at.ts";
import { type Converter, defineGeneralConverter } from "../../graph/converter.ts";
import { makeOutput, refuse, takeFirst } from "../../graph/layer-call.ts";
import { readCells } from "./cell.ts";
import { addRecurrence, recurrentSchema, refuseStateful } from "./recurrence.ts";

/** SimpleRNN, GRU, LSTM, and RNN around one of their cells or several stacked ones. */
const recurrent: Converter = defineGeneralConverter({
  operators: "RNN, GRU, LSTM; TopK, GatherND and others behind a mask",
  limits: "not stateful; activations that ONNX's recurrent operators have",
  config: recurrentSchema,
  integers: "cast",
  convert: (graph, inputs, layer) => {
    const x = takeFirst(inputs, layer);
    refuseStateful(layer, layer.config);
    const { returnSequences, returnState, goBackwards } = layer.config;
    const cells = readCells(layer, layer.layer);
    if (cells.length === 0) refuse(layer, "at least one cell", "none");
    const initialStates = inputs.slice(1).map(({ name }) => name);
    const { addSequence, states } = addRecurrence(graph, layer, cells, x, { goBackwards, initialStates });
    const output = returnSequences ? addSequence() : at(states, 0);
    const names = returnState ? [output, ...states] : [output];
    return names.map((name, index) => makeOutput(layer, name, "as-in-tfjs", { index }));
  },
  convertMask: (_graph, inputs, layer) =>
    layer.config.returnSequences ? takeFirst(inputs, layer).mask : null,
});

export const SimpleRNN = recurrent;
export const GRU = recurrent;
export const LSTM = recurrent;
export const RNN = recurrent;
