import fc from "fast-check";
import onnxProto from "onnx-proto";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { OnnxFormatError } from "../../onnx/wire-format.ts";

const { onnx } = onnxProto;

function buildSmallModel(metadata: Record<string, string>, scale = 2): Uint8Array {
  const graph = new GraphBuilder({ name: "small" });
  const x = graph.addInput("x", "float32", ["batch"]);
  graph.addOutput("y", graph.addNode("Mul", [x, graph.addScalar(scale)]), "float32", ["batch"]);
  for (const [key, value] of Object.entries(metadata)) graph.setMetadata(key, value);
  return graph.build();
}

const model = buildSmallModel({ labels: '["Hund","Türklingel, laut","雨"]', empty: "" });

describe("readMetadata", () => {
  it("reads what the builder wrote", () => {
    expect([...readMetadata(model)]).toEqual([
      ["labels", '["Hund","Türklingel, laut","雨"]'],
      ["empty", ""],
    ]);
    expect(readMetadata(buildSmallModel({})).size).toBe(0);
  });

  it("agrees with onnx-proto on whatever writeMetadata wrote", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key }), (entries) => {
        const written = writeMetadata(model, entries);
        const props = onnx.ModelProto.decode(written).metadataProps;
        expect(props.map(({ key, value }) => [key, value])).toEqual(entries);
        expect([...readMetadata(written)]).toEqual(entries);
      }),
    );
  });

  it("refuses every truncation of a model", () => {
    const plain = buildSmallModel({});
    for (let length = 0; length < plain.length; length++) {
      const cut = plain.subarray(0, length);
      // Cut between two fields after the graph, what is left is a whole message; nothing but the opset follows here.
      const isWhole = onnxIsWhole(cut);
      if (isWhole) expect(readMetadata(cut).size).toBe(0);
      else expect(() => readMetadata(cut), `${length} bytes`).toThrow(OnnxFormatError);
    }
  });

  it("fails on any bytes with its own error only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readMetadata(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OnnxFormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["an empty file", new Uint8Array(), "expected an ONNX model, got an empty file"],
    ["text", new TextEncoder().encode("Hello, this is no model"), 'got 23 bytes that begin "Hello, this "'],
    ["a PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), "got 6 bytes that begin 89 50 4e 47 0d 0a"],
    [
      "a length of 4 GB",
      Uint8Array.of(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0),
      "4294967295 bytes where only 1",
    ],
    [
      "a negative length",
      Uint8Array.of(8, 8, 0x3a, ...Array<number>(9).fill(0xff), 1),
      "where only 0 are left",
    ],
    ["an endless number", Uint8Array.of(8, ...Array<number>(12).fill(0x80)), "more than ten bytes"],
    ["field 0", Uint8Array.of(8, 8, 2, 0), "field number 0"],
    ["a group", Uint8Array.of(8, 8, 0x3b), "unknown wire type 3"],
    ["no graph", Uint8Array.of(8, 8), "2 bytes with 0 graphs and an IR version"],
    ["metadata that are no UTF-8", Uint8Array.of(8, 8, 0x3a, 0, 0x72, 3, 0x0a, 1, 0xff), "no UTF-8"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readMetadata(bytes)).toThrow(message);
    expect(() => readMetadata(bytes)).toThrow(OnnxFormatError);
  });
});

describe("hashGraph", () => {
  it("stays when metadata change and changes with the graph", () => {
    const hash = hashGraph(model);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashGraph(writeMetadata(model, [["parity", "passed"]]))).toBe(hash);
    expect(hashGraph(buildSmallModel({}))).toBe(hash);
    expect(hashGraph(buildSmallModel({}, 3))).not.toBe(hash);
  });
});

describe("writeMetadata", () => {
  it("replaces all entries and touches no other byte", () => {
    const replaced = writeMetadata(model, [["a", "b"]]);
    expect([...readMetadata(replaced)]).toEqual([["a", "b"]]);
    expect(Buffer.from(writeMetadata(replaced, []))).toEqual(Buffer.from(buildSmallModel({})));
  });
});

/** Whether protobuf itself sees a message with a graph that has its output, i.e. nothing of ours is cut. */
function onnxIsWhole(bytes: Uint8Array): boolean {
  try {
    const graph = onnx.ModelProto.decode(bytes).graph;
    return graph?.output?.length === 1;
  } catch {
    return false;
  }
}
