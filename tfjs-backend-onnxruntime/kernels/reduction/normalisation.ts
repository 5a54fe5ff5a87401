import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { combine, mapElements } from "../../operators/elementwise.ts";
import type { Kernel } from "../kernel.ts";

/** (x - mean) / sqrt(variance + epsilon) scale + offset, with given statistics. */
const fusedBatchNorm: Kernel = {
  kernelName: "FusedBatchNorm",
  record(backend, call) {
    const x = call.input("x");
    const scale = call.findInput("scale");
    const offset = call.findInput("offset");
    const epsilon = call.has("varianceEpsilon") ? call.number("varianceEpsilon") : 0.001;
    const others = [scale, offset].filter((info) => info !== undefined);
    const request = {
      kernelName: "FusedBatchNorm",
      key: `${epsilon} ${scale !== undefined} ${offset !== undefined}`,
      inputs: [x, call.input("mean"), call.input("variance"), ...others],
      lower: (graph: Graph, [value, mean, variance, ...rest]: readonly Value[]) => {
        if (value === undefined || mean === undefined || variance === undefined) {
          return call.refuse("inputs", "x, mean and variance", undefined);
        }
        const deviation = mapElements(graph, "Sqrt", combine(graph, "Add", variance, graph.scalar(epsilon)));
        const [first, second] = rest;
        const factor =
          scale === undefined || first === undefined
            ? mapElements(graph, "Reciprocal", deviation)
            : combine(graph, "Div", first, deviation);
        const normalised = combine(graph, "Mul", combine(graph, "Sub", value, mean), factor);
        const shift = scale === undefined ? first : second;
        return offset === undefined || shift === undefined
          ? normalised
          : combine(graph, "Add", normalised, shift);
      },
    };
    return backend.record(request, x.dtype, x.shape);
  },
};

export const normalisationKernels: readonly Kernel[] = [fusedBatchNorm];
