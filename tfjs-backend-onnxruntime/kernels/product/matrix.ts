import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { cast } from "../../operators/elementwise.ts";
import { multiplyMatrices } from "../../operators/matrix.ts";
import { two } from "../../recording/lower.ts";
import { activate } from "../elementwise/activation.ts";
import type { Kernel } from "../kernel.ts";

/** @throws when the axes that the product sums over differ in length */
function inferProductShape(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): number[] {
  const innerOfA = at(a.shape, transposeA ? -2 : -1);
  const innerOfB = at(b.shape, transposeB ? -1 : -2);
  if (innerOfA !== innerOfB) {
    const describe = ({ shape }: TensorInfo, transposed: boolean) =>
      `[${shape.join()}]${transposed ? " transposed" : ""}`;
    throw new RangeError(
      `matMul: expected inner axes of one length, got ${describe(a, transposeA)} and ${describe(b, transposeB)}`,
    );
  }
  const rows = at(a.shape, transposeA ? -1 : -2);
  const columns = at(b.shape, transposeB ? -2 : -1);
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [...batch, rows, columns];
}

/** Integers are multiplied as floats: ONNX Runtime's fast product knows no int32. Exact up to 2^24. */
function multiply(graph: Graph, a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  if (a.dtype === "float32") return multiplyMatrices(graph, a, b, { transposeA, transposeB });
  const floats = multiplyMatrices(graph, cast(graph, a, "float32"), cast(graph, b, "float32"), {
    transposeA,
    transposeB,
  });
  return cast(graph, floats, a.dtype);
}

const batchMatMul: Kernel = {
  kernelName: "BatchMatMul",
  record(backend, call) {
    const a = call.input("a");
    const b = call.input("b");
    const transposeA = call.flag("transposeA");
    const transposeB = call.flag("transposeB");
    const request = {
      kernelName: "BatchMatMul",
      key: `${transposeA} ${transposeB}`,
      inputs: [a, b],
      lower: two((graph, left, right) => multiply(graph, left, right, transposeA, transposeB)),
    };
    return backend.record(request, a.dtype, inferProductShape(a, b, transposeA, transposeB));
  },
};

/** Product, bias and activation in one kernel: what tf.layers' dense layer asks for. */
const fusedMatMul: Kernel = {
  kernelName: "_FusedMatMul",
  record(backend, call) {
    const a = call.input("a");
    const b = call.input("b");
    const transposeA = call.flag("transposeA");
    const transposeB = call.flag("transposeB");
    const after = activate(call);
    const request = {
      kernelName: "_FusedMatMul",
      key: `${transposeA} ${transposeB} ${after.key}`,
      inputs: [a, b, ...after.inputs],
      lower: (graph: Graph, [left, right, ...others]: readonly Value[]) => {
        if (left === undefined || right === undefined)
          throw new RangeError("_FusedMatMul: expected two matrices");
        return after.lower(graph, multiply(graph, left, right, transposeA, transposeB), others);
      },
    };
    return backend.record(request, a.dtype, inferProductShape(a, b, transposeA, transposeB));
  },
};

export const matrixKernels: readonly Kernel[] = [batchMatMul, fusedMatMul];
