import onnxProto from "onnx-proto";
import { type GraphPart, listUses } from "./foreign-graph.ts";

type NodeProto = onnxProto.onnx.INodeProto;
type TensorProto = onnxProto.onnx.ITensorProto;

const float32 = 1;

/**
 * Weights stored in 8 bits as (x - zero point) scale in plain operators, in place of DequantizeLinear. ONNX Runtime
 * takes that operator before a MatMul as leave to compute in 8 bits too: YAMNet's embedding then moves by 0.03 of 3.6,
 * on some processors and versions only. Nor does it fold it, so that every run would widen all weights again.
 */
export function writePlainDequantisation({ nodes, constants }: GraphPart): GraphPart {
  const known = new Map(constants.map((constant) => [constant.name ?? "", constant]));
  const added = new Map<string, TensorProto>();
  const written = nodes.flatMap((node) => {
    const [weights, scale, zeroPoint] = (node.input ?? []).map((name) => known.get(name));
    if (node.opType !== "DequantizeLinear" || weights === undefined || scale === undefined) return [node];
    const place = (tensor: TensorProto): TensorProto => {
      const dims = placeOnAxis(tensor, weights, readAxis(node));
      const placed = { ...tensor, dims, name: `${tensor.name ?? ""}/as ${dims.join("x")}` };
      added.set(placed.name, placed);
      return placed;
    };
    return writeProduct(node, weights, place(scale), zeroPoint && place(zeroPoint));
  });
  const used = new Set(written.flatMap(listUses));
  const kept = [...constants, ...added.values()].filter(({ name }) => used.has(name ?? ""));
  return { nodes: written, constants: kept };
}

function writeProduct(
  node: NodeProto,
  weights: TensorProto,
  scale: TensorProto,
  zeroPoint: TensorProto | undefined,
): NodeProto[] {
  const [output = ""] = node.output ?? [];
  const cast = (name: string, role: string): NodeProto => ({
    opType: "Cast",
    name: `${output}/${role}`,
    input: [name],
    output: [`${output}/${role}`],
    attribute: [{ name: "to", type: onnxProto.onnx.AttributeProto.AttributeType.INT, i: float32 }],
  });
  const work = (opType: string, input: string[], result: string): NodeProto => ({
    opType,
    name: `${result}/${opType}`,
    input,
    output: [result],
  });
  const wide = `${output}/wide`;
  const nodes = [cast(weights.name ?? "", "wide")];
  if (zeroPoint === undefined) return [...nodes, work("Mul", [wide, scale.name ?? ""], output)];
  return [
    ...nodes,
    cast(zeroPoint.name ?? "", "zero"),
    work("Sub", [wide, `${output}/zero`], `${output}/centred`),
    work("Mul", [`${output}/centred`, scale.name ?? ""], output),
  ];
}

/** One number fits as it is; one a channel gets the channels' place among the weights' axes. */
function placeOnAxis(tensor: TensorProto, weights: TensorProto, axis: number): number[] {
  const count = (tensor.dims ?? []).reduce<number>((product, size) => product * Number(size), 1);
  if (count === 1) return [];
  const rank = (weights.dims ?? []).length;
  return Array.from({ length: rank }, (_, place) => (place === (axis + rank) % rank ? count : 1));
}

function readAxis({ attribute }: NodeProto): number {
  return Number((attribute ?? []).find(({ name }) => name === "axis")?.i ?? 1);
}
