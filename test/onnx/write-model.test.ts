import fc from "fast-check";
import onnxProto from "onnx-proto";
import { expect, it } from "vitest";
import type { Attribute } from "../../onnx/attributes.ts";
import { writeExternalModel } from "../../onnx/external-data.ts";
import type { Model } from "../../onnx/graph.ts";
import { writeModel } from "../../onnx/write-model.ts";

// onnx-proto, the format's own messages as protobufjs encodes them, reads what we write, and writes the same bytes.

const { ModelProto } = onnxProto.onnx;
const bytesOf = (text: string) => new TextEncoder().encode(text);

const integer = fc.maxSafeInteger();
const float32 = fc.float({ noNaN: true });
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const attribute = fc.oneof(
  fc.record({ type: fc.constant("int" as const), value: integer }),
  fc.record({ type: fc.constant("ints" as const), value: fc.array(integer) }),
  fc.record({ type: fc.constant("float" as const), value: float32 }),
  fc.record({ type: fc.constant("floats" as const), value: fc.array(float32) }),
  fc.record({ type: fc.constant("string" as const), value: text }),
  fc.record({ type: fc.constant("strings" as const), value: fc.array(text) }),
);

function createModel(attributes: readonly (readonly [string, Attribute])[], opset: number): Model {
  const data = Float32Array.of(1, -2, 3e-9);
  return {
    graphName: "graph",
    opset,
    inputs: [{ name: "x", elementType: "float32", dims: ["batch", 3] }],
    outputs: [{ name: "y", elementType: "int64", dims: [] }],
    nodes: [
      {
        name: "n",
        opType: "Op",
        domain: "own",
        inputs: ["x", ""],
        outputs: ["y"],
        attributes: new Map(attributes),
      },
    ],
    constants: [
      { name: "w", elementType: "float32", dims: [1, 3], data, isParameter: true },
      { name: "s", elementType: "int64", dims: [], data: BigInt64Array.of(-1n), isParameter: false },
    ],
    metadata: new Map([["key", "Hörbeispiel"]]),
  };
}

it("writes the bytes that onnx-proto writes for what it read", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, attribute), { maxLength: 5 }),
      fc.integer({ min: 7, max: 23 }),
      (list, opset) => {
        const bytes = writeModel(createModel(list, opset));
        expect(ModelProto.verify(ModelProto.decode(bytes))).toBeNull();
        expect(Buffer.from(ModelProto.encode(ModelProto.decode(bytes)).finish())).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

it("is read by onnx-proto with every value in its place", () => {
  const attributes: [string, Attribute][] = [
    ["axis", { type: "int", value: -1 }],
    ["pads", { type: "ints", value: [0, -(2 ** 53 - 1), 2 ** 53 - 1] }],
    ["alpha", { type: "float", value: 0.5 }],
    ["scales", { type: "floats", value: [1, -0.25] }],
    ["mode", { type: "string", value: "linear" }],
    ["names", { type: "strings", value: ["a", "é"] }],
  ];
  const read = ModelProto.toObject(ModelProto.decode(writeModel(createModel(attributes, 17))), {
    longs: Number,
  });
  expect(read).toMatchObject({
    irVersion: 8,
    producerName: "earshot",
    opsetImport: [
      { domain: "", version: 17 },
      { domain: "own", version: 1 },
    ],
    metadataProps: [{ key: "key", value: "Hörbeispiel" }],
    graph: {
      name: "graph",
      input: [
        {
          name: "x",
          type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "batch" }, { dimValue: 3 }] } } },
        },
      ],
      output: [{ name: "y", type: { tensorType: { elemType: 7, shape: {} } } }],
      node: [
        {
          input: ["x", ""],
          output: ["y"],
          attribute: [
            { name: "axis", type: 2, i: -1 },
            { name: "pads", type: 7, ints: [0, -(2 ** 53 - 1), 2 ** 53 - 1] },
            { name: "alpha", type: 1, f: 0.5 },
            { name: "scales", type: 6, floats: [1, -0.25] },
            { name: "mode", type: 3, s: bytesOf("linear") },
            { name: "names", type: 8, strings: [bytesOf("a"), bytesOf("é")] },
          ],
        },
      ],
      initializer: [
        {
          name: "w",
          dims: [1, 3],
          dataType: 1,
          rawData: new Uint8Array(Float32Array.of(1, -2, 3e-9).buffer),
        },
        { name: "s", dataType: 7, rawData: new Uint8Array(BigInt64Array.of(-1n).buffer) },
      ],
    },
  });
});

it("says where tensors of another file lie as onnx-proto writes it", () => {
  const { model } = writeExternalModel(createModel([], 17), "model.onnx.data", 12);
  const read = ModelProto.decode(model);
  expect(read.graph?.initializer?.[0]).toMatchObject({
    externalData: [
      { key: "location", value: "model.onnx.data" },
      { key: "offset", value: "0" },
      { key: "length", value: "12" },
    ],
    dataLocation: 1,
  });
  expect(Buffer.from(ModelProto.encode(read).finish())).toEqual(Buffer.from(model));
});
