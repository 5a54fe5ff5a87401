import type { GraphBuilder } from "../onnx/graph-builder.ts";

/** A classifier of embeddings brought to length 1, by structure: what `heads/` trains. */
export interface ExportableHead {
  /** [classes, columns]; of a backbone's pooled embeddings first those of the means over windows, then of the maxima. */
  readonly weights: { readonly rows: number; readonly columns: number; readonly values: Float64Array };
  /** One for each row of the weights. */
  readonly bias: Float64Array;
  /** Where the weights are training rows: a class's logit is the mean of the `count` largest products of its rows. */
  readonly nearest?: {
    readonly labels: readonly number[];
    readonly classes: number;
    readonly count: number;
  };
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
export function addHead(
  graph: GraphBuilder,
  embedding: string,
  { weights, bias, nearest }: ExportableHead,
): string {
  const { rows, columns, values } = weights;
  const matrix = graph.addParameter("head/weights", Float32Array.from(values), [rows, columns]);
  const offsets = graph.addParameter("head/bias", Float32Array.from(bias), [rows]);
  const name = nearest === undefined ? "head/logits" : "head/products";
  const products = graph.addNode("Gemm", [embedding, matrix, offsets], { transB: 1 }, { name });
  return nearest === undefined ? products : addNearest(graph, products, nearest);
}

/** Below any product: a place that a class with fewer rows does not fill. */
const noRow = -1e30;

/** Products [batch, training rows] as a table [batch, classes, rows of the largest class], whose best are averaged. */
function addNearest(
  graph: GraphBuilder,
  products: string,
  { labels, classes, count }: NonNullable<ExportableHead["nearest"]>,
): string {
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.addNode(opType, inputs, attributes, { name: `head/${name}` });
  const members = Array.from({ length: classes }, (_, label) =>
    [...labels.keys()].filter((row) => labels[row] === label),
  );
  const width = Math.max(...members.map(({ length }) => length));
  const dims = [classes, width];
  const fill = <Value>(use: (row: number | undefined) => Value): Value[] =>
    members.flatMap((rows) => Array.from({ length: width }, (_, place) => use(rows[place])));
  const places = graph.addConstant("head/places", BigInt64Array.from(fill((row) => BigInt(row ?? 0))), dims);
  const empty = graph.addConstant(
    "head/empty",
    Float32Array.from(fill((row) => (row === undefined ? noRow : 0))),
    dims,
  );
  const table = add("Add", [add("Gather", [products, places], "table", { axis: 1 }), empty], "own");
  const outputs = ["head/best", "head/best_rows"];
  const [best = ""] = graph.addNodeWithOutputs("TopK", [table, graph.addInts([count])], outputs, { axis: 2 });
  return graph.opset >= 18
    ? add("ReduceMean", [best, graph.addInts([2])], "logits", { keepdims: 0 })
    : add("ReduceMean", [best], "logits", { axes: [2], keepdims: 0 });
}
