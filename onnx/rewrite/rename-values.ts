import { GraphBuilder } from "../graph-builder.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { concatenate, OnnxFormatError, readFields, type WireField, writeField } from "../wire-format.ts";
import { graphFields, modelFields } from "./graph-fields.ts";

const nodeFields = { input: 1, output: 2 } as const;
const valueInfoFields = { name: 1 } as const;

/**
 * A copy of a model whose graph input has another name; every other byte stays.
 * @throws OnnxFormatError when the bytes are no ONNX model or have no such input
 */
export function renameInput(bytes: Uint8Array, from: string, to: string): Uint8Array {
  let renamed = 0;
  const model = mapGraph(bytes, (part) => {
    if (part.number === graphFields.node) return renameIn(part, [nodeFields.input], from, to).bytes;
    if (part.number !== graphFields.input) return part.bytes;
    const input = renameIn(part, [valueInfoFields.name], from, to);
    renamed += input.count;
    return input.bytes;
  });
  if (renamed !== 1) throw new OnnxFormatError(`${renamed} inputs named ${from}`);
  return model;
}

/**
 * A copy of a model whose output `name` is divided by a number. Whatever else takes that value still gets it undivided.
 * @throws OnnxFormatError when the bytes are no ONNX model or no node has such an output
 */
export function divideOutput(bytes: Uint8Array, name: string, divisor: number): Uint8Array {
  const undivided = `${name}/undivided`;
  let renamed = 0;
  const model = mapGraph(bytes, (part) => {
    if (part.number !== graphFields.node) return part.bytes;
    const output = renameIn(part, [nodeFields.output], name, undivided);
    renamed += output.count;
    return renameIn({ ...part, content: output.content }, [nodeFields.input], name, undivided).bytes;
  });
  if (renamed !== 1) throw new OnnxFormatError(`${renamed} nodes with an output ${name}`);
  const graph = new GraphBuilder();
  const value = graph.addInput(undivided, "float32", ["batch"]);
  const constant = graph.addScalar(divisor, `${name}/divisor`);
  graph.addNodeWithOutputs("Div", [value, constant], [name], {}, { name: `${name}/divided` });
  graph.addOutput(name, name, "float32", ["batch"]);
  const added = readFields(findGraph(graph.build()).content).filter(
    ({ number }) => number === graphFields.node || number === graphFields.initializer,
  );
  const whole = findGraph(model);
  return concatenate(
    readFields(model).map((field) =>
      field.number === modelFields.graph
        ? writeField(modelFields.graph, concatenate([whole.content, ...added.map((part) => part.bytes)]))
        : field.bytes,
    ),
  );
}

function findGraph(bytes: Uint8Array): WireField {
  const graph = readFields(bytes).find(({ number }) => number === modelFields.graph);
  if (graph === undefined) throw new OnnxFormatError("a file without a graph");
  return graph;
}

/** A copy of a model with each part of its graph replaced. */
function mapGraph(bytes: Uint8Array, map: (part: WireField) => Uint8Array): Uint8Array {
  return concatenate(
    readFields(bytes).map((field) =>
      field.number === modelFields.graph
        ? writeField(modelFields.graph, concatenate(readFields(field.content).map(map)))
        : field.bytes,
    ),
  );
}

/** A field whose own fields of some numbers have another text, where it was `from`; `count` of them. */
function renameIn(
  field: Pick<WireField, "number" | "content">,
  numbers: readonly number[],
  from: string,
  to: string,
): { readonly content: Uint8Array; readonly bytes: Uint8Array; readonly count: number } {
  let count = 0;
  const content = concatenate(
    readFields(field.content).map((own) => {
      if (!numbers.includes(own.number) || own.wireType !== 2 || decodeUtf8(own.content) !== from)
        return own.bytes;
      count++;
      return writeField(own.number, encodeUtf8(to));
    }),
  );
  return { content, bytes: writeField(field.number, content), count };
}
