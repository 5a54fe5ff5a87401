import { anyConfigSchema } from "../config-schemas.ts";
import { type Converter, defineConverter, makeOutput, refuse } from "../converter.ts";

/** Binary places of a channel's coarse frequency; with as many again for the frame number, products are exact. */
const coarseBits = 12;

/**
 * Our own sinusoidal positions (models/layers/sinusoidal-positions.ts), computed for the frames that come:
 * sin(2 pi (frame * turns + phase)), turns = 10000^(-2i / width) / 2 pi, phase a quarter turn for the cosines.
 *
 * In float32 the angle of frame 3000 would be wrong by 2e-4. So `turns` is split into a coarse part, whose product
 * with a frame number below 4096 is exact, loses its whole turns, and a small rest.
 */
export const convertSinusoidalPositions: Converter = defineConverter({
  operators: "Shape, Range, Mul, Floor, Sin, Add and others",
  limits: "to 1e-6 for 4096 frames; above, the error grows with the frame number",
  config: anyConfigSchema,
  convert: (graph, x, layer) => {
    const width = x.dims.at(-1);
    if (typeof width !== "number") refuse(layer, "a known width", "an unknown one");
    const channels = Array.from({ length: width }, (_, channel) => channel);
    const turns = channels.map((channel) => 10_000 ** (-(channel - (channel % 2)) / width) / (2 * Math.PI));
    const coarse = turns.map((value) => Math.round(value * 2 ** coarseBits) / 2 ** coarseBits);
    const rest = turns.map((value, channel) => value - (coarse[channel] ?? 0));
    const phase = channels.map((channel) => (channel % 2) / 4);

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
    const radians = graph.addNode("Mul", [angle, graph.addScalar(2 * Math.PI)]);
    const y = graph.addNode("Add", [input, graph.addNode("Sin", [radians])]);
    return makeOutput(layer, y, "as-in-tfjs");
  },
});
