import type { GraphBuilder } from "../onnx/graph-builder.ts";

/** A linear classifier of embeddings brought to length 1, by structure: what `heads/` trains. */
export interface ExportableHead {
  /** [classes, columns]; of a backbone's pooled embeddings first those of the means over windows, then of the maxima. */
  readonly weights: { readonly rows: number; readonly columns: number; readonly values: Float64Array };
  /** [classes] */
  readonly bias: Float64Array;
}

/** By which a shorter vector is divided, so that silence gives no NaN; the same as in `heads/`. */
const minLength = 1e-12;
/** Each embedding divided by its length. */
export function addUnitLength(graph: GraphBuilder, pooled: string): string {
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.addNode(opType, inputs, attributes, { name: `length/${name}` });
  const squares = add("Mul", [pooled, pooled], "squares");
  const sum =
    graph.opset >= 13
      ? add("ReduceSum", [squares, graph.addInts([1])], "sum", { keepdims: 1 })
      : add("ReduceSum", [squares], "sum", { axes: [1], keepdims: 1 });
  const length = add("Max", [add("Sqrt", [sum], "root"), graph.addScalar(minLength)], "length");
  return add("Div", [pooled, length], "embedding");
}

/** @returns the logits [batch, classes] */
export function addHead(graph: GraphBuilder, embedding: string, { weights, bias }: ExportableHead): string {
  const { rows, columns, values } = weights;
  const matrix = graph.addParameter("head/weights", Float32Array.from(values), [rows, columns]);
  const offsets = graph.addParameter("head/bias", Float32Array.from(bias), [rows]);
  return graph.addNode("Gemm", [embedding, matrix, offsets], { transB: 1 }, { name: "head/logits" });
}
