import { type GraphPart, listUses } from "./foreign-graph.ts";
import {
  createIntegerAttribute,
  createNode,
  type ForeignNode,
  type ForeignTensor,
} from "./foreign-messages.ts";

const float32 = 1;

/**
 * Weights stored in 8 bits as (x - zero point) scale in plain operators, in place of DequantizeLinear. ONNX Runtime
 * takes that operator before a MatMul as leave to compute in 8 bits too: YAMNet's embedding then moves by 0.03 of 3.6,
 * on some processors and versions only. Nor does it fold it, so that every run would widen all weights again.
 */
export function writePlainDequantisation({ nodes, constants }: GraphPart): GraphPart {
  const known = new Map(constants.map((constant) => [constant.name, constant]));
  const added = new Map<string, ForeignTensor>();
  const written = nodes.flatMap((node) => {
    const [weights, scale, zeroPoint] = node.inputs.map((name) => known.get(name));
    if (node.opType !== "DequantizeLinear" || weights === undefined || scale === undefined) return [node];
    const place = (tensor: ForeignTensor): ForeignTensor => {
      const dims = placeOnAxis(tensor, weights, readAxis(node));
      const placed = { ...tensor, dims, name: `${tensor.name}/as ${dims.join("x")}` };
      added.set(placed.name, placed);
      return placed;
    };
    return writeProduct(node, weights, place(scale), zeroPoint && place(zeroPoint));
  });
  const used = new Set(written.flatMap(listUses));
  const kept = [...constants, ...added.values()].filter(({ name }) => used.has(name));
  return { nodes: written, constants: kept };
}

function writeProduct(
  node: ForeignNode,
  weights: ForeignTensor,
  scale: ForeignTensor,
  zeroPoint: ForeignTensor | undefined,
): ForeignNode[] {
  const [output = ""] = node.outputs;
  const cast = (name: string, role: string): ForeignNode =>
    createNode(
      "Cast",
      `${output}/${role}`,
      [name],
      [`${output}/${role}`],
      [createIntegerAttribute("to", float32)],
    );
  const work = (opType: string, inputs: readonly string[], result: string): ForeignNode =>
    createNode(opType, `${result}/${opType}`, inputs, [result]);
  const wide = `${output}/wide`;
  const nodes = [cast(weights.name, "wide")];
  if (zeroPoint === undefined) return [...nodes, work("Mul", [wide, scale.name], output)];
  return [
    ...nodes,
    cast(zeroPoint.name, "zero"),
    work("Sub", [wide, `${output}/zero`], `${output}/centred`),
    work("Mul", [`${output}/centred`, scale.name], output),
  ];
}

/** One number fits as it is; one a channel gets the channels' place among the weights' axes. */
function placeOnAxis(tensor: ForeignTensor, weights: ForeignTensor, axis: number): number[] {
  const count = tensor.dims.reduce((product, size) => product * size, 1);
  if (count === 1) return [];
  const rank = weights.dims.length;
  return Array.from({ length: rank }, (_, place) => (place === (axis + rank) % rank ? count : 1));
}

/** Of DequantizeLinear, whose default is 1. */
function readAxis({ attributes }: ForeignNode): number {
  return attributes.find(({ name }) => name === "axis")?.integer ?? 1;
}
