import * as z from "zod";
import { at } from "../../../common/at.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse, takeWeight } from "../../graph/layer-call.ts";
import { joinLastAxis, mapWeight } from "../../graph/weight.ts";

/**
 * Our own multi-head self-attention (models/layers/multi-head-attention.ts). Query, key and value are one product,
 * whose query part holds the scale 1 / sqrt(width / heads) already.
 */
export const MultiHeadAttention: Converter = defineConverter({
  operators: "MatMul, Add, Reshape, Transpose, Split, Softmax",
  config: z.object({ heads: z.int() }),
  convert: (graph, x, layer) => {
    const { heads } = layer.config;
    const width = x.dims.at(-1);
    if (typeof width !== "number" || x.dims.length !== 3)
      refuse(layer, "[batch, frames, width]", `rank ${x.dims.length}`);
    const size = width / heads;
    const scale = Math.sqrt(1 / size);
    const take = (kind: "kernel" | "bias") =>
      joinLastAxis([
        mapWeight(takeWeight(layer, `query_${kind}`), (value) => value * scale),
        takeWeight(layer, `key_${kind}`),
        takeWeight(layer, `value_${kind}`),
      ]);
    const add = (role: string, weight = takeWeight(layer, role)) =>
      graph.addParameter(layer.layer, role, weight);

    const product = graph.addNode("MatMul", [
      graph.toTfjsLayout(x),
      add("query_key_value_kernel", take("kernel")),
    ]);
    const projected = graph.addNode("Add", [product, add("query_key_value_bias", take("bias"))]);
    // 0 keeps an axis: [batch, frames, 3, heads, size] -> [3, batch, heads, frames, size]
    const parts = graph.addNode("Reshape", [projected, graph.addInts([0, 0, 3, heads, size])]);
    const split = graph.addNode("Transpose", [parts], { perm: [2, 0, 3, 1, 4] });
    const sizes = graph.addInts([1, 1, 1]);
    const roles = graph.addNodeWithOutputs("Split", [split, sizes], ["query", "key", "value"], { axis: 0 });
    const turnedKey = graph.addNode("Transpose", [at(roles, 1)], { perm: [0, 1, 2, 4, 3] });
    const scores = graph.addNode("MatMul", [at(roles, 0), turnedKey]); // [1, batch, heads, frames, frames]
    const weights = graph.addNode("Softmax", [scores], { axis: -1 });
    const mixed = graph.addNode("MatMul", [weights, at(roles, 2)]); // [1, batch, heads, frames, size]
    const joined = graph.addNode("Transpose", [mixed], { perm: [1, 3, 0, 2, 4] });
    const rows = graph.addNode("Reshape", [joined, graph.addInts([0, 0, width])]);
    const y = graph.addNode("Add", [
      graph.addNode("MatMul", [rows, add("output_kernel")]),
      add("output_bias"),
    ]);
    return makeOutput(layer, y, "as-in-tfjs");
  },
});
