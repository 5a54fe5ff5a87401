import { at } from "../../../common/at.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { anyConfigSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse } from "../../graph/layer-call.ts";

/** Binary places of a channel's coarse frequency; with as many again for the frame number, products are exact. */
const coarseBits = 12;

/**
 * Our own sinusoidal positions (models/layers/sinusoidal-positions.ts), computed for the frames that come:
 * sin(2 pi (frame * turns + phase)), turns = 10000^(-2i / width) / 2 pi, phase a quarter turn for the cosines.
 *
 * In float32 the angle of frame 3000 would be wrong by 2e-4. So `turns` is split into a coarse part, whose product
 * with a frame number below 4096 is exact, loses its whole turns, and a small rest. The sine is a polynomial: WebGPU's
 * own need only be right to 2^-11 (WGSL, 15.7.4.1), and was seen 1.9e-4 off.
 */
export const SinusoidalPositions: Converter = defineConverter({
  operators: "Shape, Range, Mul, Floor, Abs, Add and others",
  limits: "to 1e-6 for 4096 frames; above, the error grows with the frame number",
  config: anyConfigSchema,
  convert: (graph, x, layer) => {
    const width = x.dims.at(-1);
    if (typeof width !== "number") refuse(layer, "a known width", "an unknown one");
    const channels = Array.from({ length: width }, (_, channel) => channel);
    const turns = channels.map((channel) => 10_000 ** (-(channel - (channel % 2)) / width) / (2 * Math.PI));
    const coarse = turns.map((value) => Math.round(value * 2 ** coarseBits) / 2 ** coarseBits);
    const rest = turns.map((value, channel) => value - at(coarse, channel));
    const phase = channels.map((channel) => (channel % 2) / 4 + quarterTurn);

    const input = graph.toTfjsLayout(x);
    const shape = graph.addNode("Shape", [input]);
    const count = graph.addNode("Gather", [shape, graph.addInt(1)]);
    const range = graph.addNode("Range", [graph.addInt(0), count, graph.addInt(1)]);
    const numbers = graph.addNode("Cast", [range], { to: 1 });
    const frames = graph.addNode("Unsqueeze", [numbers, graph.addInts([1])]); // [frames, 1]
    const whole = graph.addNode("Mul", [frames, graph.addFloats("coarse", coarse)]); // [frames, width]
    const part = graph.addNode("Sub", [whole, graph.addNode("Floor", [whole])]);
    const fine = graph.addNode("Mul", [frames, graph.addFloats("rest", rest)]);
    const angle = graph.addNode("Add", [graph.addNode("Add", [part, fine]), graph.addFloats("phase", phase)]);
    const y = graph.addNode("Add", [input, addSine(graph, angle)]);
    return makeOutput(layer, y, "as-in-tfjs");
  },
});

const quarterTurn = 0.25;

/** Coefficients of the Taylor series of sin(2 pi v) / v in v^2: to 6e-8 for |v| <= 1/4. */
const series = [1, -6, 120, -5040, 362_880, -39_916_800].map(
  (factorial, index) => (2 * Math.PI) ** (2 * index + 1) / factorial,
);

/** @param later angles in turns, a quarter turn added: sin(2 pi a) = sin(2 pi v), v = 1/4 - |fraction of later - 1/2| */
function addSine(graph: ExportGraph, later: string): string {
  const fraction = graph.addNode("Sub", [later, graph.addNode("Floor", [later])]);
  const distance = graph.addNode("Abs", [graph.addNode("Sub", [fraction, graph.addScalar(0.5)])]);
  const v = graph.addNode("Sub", [graph.addScalar(quarterTurn), distance]);
  const square = graph.addNode("Mul", [v, v]);
  const [last, ...others] = [at(series, -1), ...series.slice(0, -1).toReversed()];
  const factor = others.reduce(
    (sum, coefficient) =>
      graph.addNode("Add", [graph.addNode("Mul", [sum, square]), graph.addScalar(coefficient)]),
    graph.addScalar(last),
  );
  return graph.addNode("Mul", [v, factor]);
}
