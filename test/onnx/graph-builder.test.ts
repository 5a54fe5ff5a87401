import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { float } from "../../onnx/attributes.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";

async function runModel(bytes: Uint8Array, feeds: Record<string, ort.Tensor>) {
  const session = await ort.InferenceSession.create(bytes);
  return session.run(feeds);
}

describe("GraphBuilder", () => {
  it("writes a graph that ONNX Runtime runs, with dynamic dims, constants and every attribute type", async () => {
    const graph = new GraphBuilder({ name: "everything" });
    const x = graph.addInput("x", "float32", ["batch", 2]);
    const weights = graph.addConstant("weights", Float32Array.of(1, 2, 3, 4), [2, 2]);
    const product = graph.addNode("Gemm", [x, weights], { alpha: float(0.5), transB: 1 });
    const leaky = graph.addNode("LeakyRelu", [product], { alpha: float(1) }, { name: "leaky" });
    const column = graph.addNode("Unsqueeze", [leaky, graph.addInts([1])]);
    const turned = graph.addNode("Transpose", [column], { perm: [0, 2, 1] });
    const [first = "", second = ""] = graph.addNodeWithOutputs(
      "Split",
      [turned, graph.addInts([1, 1])],
      ["first", "second"],
      { axis: 1 },
    );
    const sum = graph.addNode("Einsum", [first, second], { equation: "bij,bij->bij" });
    graph.addOutput("y", sum, "float32", ["batch", 1, 1]);

    const { y } = await runModel(graph.build(), { x: new ort.Tensor("float32", [1, 1, 2, -1], [2, 2]) });
    // rows times [[1, 3], [2, 4]] / 2 is [1.5, 3.5] and [0, 1]
    expect(y?.dims).toEqual([2, 1, 1]);
    expect([...(y?.data ?? [])]).toEqual([1.5 * 3.5, 0]);
  });

  it("holds int64 beyond 32 bits", async () => {
    const graph = new GraphBuilder();
    const big = graph.addConstant("big", BigInt64Array.of(2n ** 62n, -(2n ** 40n)), [2]);
    graph.addOutput("y", big, "int64", [2]);
    const { y } = await runModel(graph.build(), {});
    expect([...(y?.data ?? [])]).toEqual([2n ** 62n, -(2n ** 40n)]);
  });

  it("stores equal constants once, and keeps types, dims and bytes apart", () => {
    const graph = new GraphBuilder();
    const first = graph.addConstant("a", Float32Array.of(1, 2), [2]);
    expect(graph.addConstant("b", Float32Array.of(1, 2), [2])).toBe(first);
    expect(graph.addConstant("c", Float32Array.of(1, 2), [1, 2])).toBe("c");
    expect(graph.addConstant("d", Float32Array.of(1, -2), [2])).toBe("d");
    expect(graph.addConstant("e", Float32Array.of(0), [1])).toBe("e");
    expect(graph.addConstant("f", Float32Array.of(-0), [1])).toBe("f");
    expect(graph.addConstant("g", Uint8Array.of(1, 1), [2])).toBe("g");
    expect(graph.addConstant("h", Uint8Array.of(1, 1), [2], "bool")).toBe("h");
  });

  it("makes names unique, and refuses an input's name twice", () => {
    const graph = new GraphBuilder();
    const x = graph.addInput("x", "float32", [1]);
    expect(graph.addNode("Relu", [x])).toBe("Relu");
    expect(graph.addNode("Relu", [x])).toBe("Relu_2");
    expect(graph.addNode("Relu", [x], {}, { name: "x" })).toBe("x_2");
    expect(() => graph.addInput("x", "float32", [1])).toThrow("the name x is taken");
  });

  it("lists everything that is wrong with a graph at once", () => {
    const graph = new GraphBuilder();
    graph.addNode("Relu", ["nowhere"], {}, { name: "lost" });
    graph.addConstant("short", Float32Array.of(1), [3]);
    graph.addConstant("odd", Float32Array.of(1), [1], "int64");
    expect(() => graph.build()).toThrow(
      [
        "invalid ONNX graph:",
        "lost (Relu): its input nowhere is not made before it",
        "graph: expected at least one output",
        "constant short: expected 3 elements for [3], got 1",
        "constant odd: expected int64, got elements of 4 bytes",
      ].join("\n  "),
    );
  });

  it.each<[string, (graph: GraphBuilder, x: string, n: string) => string, string]>([
    [
      "types that differ",
      (graph, x, n) => graph.addNode("Add", [x, n], {}, { name: "sum" }),
      "sum (Add): expected float32 as input 1, got int32 of n",
    ],
    [
      "a type that no runtime multiplies",
      (graph, _, n) => graph.addNode("Gemm", [n, n], {}, { name: "out" }),
      "out (Gemm): expected float32 or float16 or float64 as input 0, got int32 of n",
    ],
    [
      "a float where a shape belongs",
      (graph, x) => graph.addNode("Reshape", [x, x], {}, { name: "flat" }),
      "flat (Reshape): expected int64 as input 1, got float32 of x",
    ],
    [
      "an output declared as another",
      (graph, _, n) => graph.addNode("Identity", [n]),
      "graph output y: declared as float32, but it is int32",
    ],
  ])("refuses %s", (_, write, message) => {
    const graph = new GraphBuilder();
    const x = graph.addInput("x", "float32", [2]);
    const n = graph.addInput("n", "int32", [2]);
    graph.addOutput("y", write(graph, x, n), "float32", [2]);
    expect(() => graph.build()).toThrow(message);
  });

  it("refuses a bare fraction as attribute, which would silently become an int", () => {
    const graph = new GraphBuilder();
    const x = graph.addInput("x", "float32", [1]);
    expect(() => graph.addNode("LeakyRelu", [x], { alpha: 0.1 })).toThrow(
      "attribute alpha: expected an integer (write float(x) for a float), got 0.1",
    );
  });
});
