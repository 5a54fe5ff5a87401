import * as z from "zod";
import { at } from "../../../common/at.ts";
import { castToFloat, type Converter, defineGeneralConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { makeOutput, refuse } from "../../graph/layer-call.ts";
import type { Value } from "../../graph/value.ts";

/** `K.epsilon()` of tfjs-layers. */
const epsilon = 1e-7;

/** Products along one axis of each input, for each sample; ranks 2 and 3, as in TF.js. */
export const Dot: Converter = defineGeneralConverter({
  operators: "MatMul, Transpose; Mul, ReduceSum for two vectors",
  config: z.object({ axes: z.union([z.int(), z.tuple([z.int(), z.int()])]), normalize: z.boolean() }),
  integers: "keep",
  convertMask: () => null,
  convert: (graph, inputs, layer) => {
    if (inputs.every(({ elementType }) => elementType !== "float32"))
      refuse(
        layer,
        "a float32 input",
        inputs.map(({ name, elementType }) => `${elementType} from ${name}`).join(),
      );
    const [x, y] = inputs.map((input) => castToFloat(graph, input));
    if (x === undefined || y === undefined || inputs.length > 2)
      refuse(layer, "two inputs", `${inputs.length}`);
    const { axes, normalize } = layer.config;
    const [xAxis, yAxis] = [x, y].map(({ dims }, index) => {
      const axis = typeof axes === "number" ? axes : at(axes, index);
      return axis < 0 ? axis + dims.length : axis;
    });
    if (xAxis === undefined || yAxis === undefined || xAxis === 0 || yAxis === 0) {
      refuse(layer, "axes other than the batch", JSON.stringify(axes));
    }
    const prepare = (value: Value, axis: number): string => {
      const name = graph.toTfjsLayout(value);
      return normalize ? addNormalised(graph, name, axis) : name;
    };
    const xName = prepare(x, xAxis);
    const yName = prepare(y, yAxis);
    if (x.dims.length === 2 && y.dims.length === 2) {
      const products = graph.addNode("Mul", [xName, yName]);
      const sum = graph.addNode("ReduceSum", [products, graph.addInts([1])], { keepdims: 1 });
      return [makeOutput(layer, sum, "as-in-tfjs")];
    }
    // A vector becomes a matrix of one column, whose axis goes again after the product.
    const xMatrix = x.dims.length === 2 ? addColumn(graph, xName) : xName;
    const yMatrix = y.dims.length === 2 ? addColumn(graph, yName) : yName;
    const product = graph.addNode("MatMul", [
      xAxis === 2 ? xMatrix : turn(graph, xMatrix),
      yAxis === 2 ? turn(graph, yMatrix) : yMatrix,
    ]);
    const extra = [...(x.dims.length === 2 ? [1] : []), ...(y.dims.length === 2 ? [2] : [])];
    const result = extra.length === 0 ? product : graph.addNode("Squeeze", [product, graph.addInts(extra)]);
    return [makeOutput(layer, result, "as-in-tfjs")];
  },
});

function addColumn(graph: ExportGraph, name: string): string {
  return graph.addNode("Unsqueeze", [name, graph.addInts([2])]);
}

function turn(graph: ExportGraph, name: string): string {
  return graph.addNode("Transpose", [name], { perm: [0, 2, 1] });
}

/** x / sqrt(max(sum(x^2), epsilon)). */
function addNormalised(graph: ExportGraph, name: string, axis: number): string {
  const squares = graph.addNode("Mul", [name, name]);
  const sum = graph.addNode("ReduceSum", [squares, graph.addInts([axis])], { keepdims: 1 });
  const norm = graph.addNode("Sqrt", [graph.addNode("Max", [sum, graph.addScalar(epsilon)])]);
  return graph.addNode("Div", [name, norm]);
}
