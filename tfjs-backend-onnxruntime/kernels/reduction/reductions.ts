import { type DataType, sumOutType } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { cast, compare, findNans, select } from "../../operators/elementwise.ts";
import { findExtreme, keepAxes, reduce, reduceMean } from "../../operators/reduce.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";
import { at } from "../../../common/at.ts";

type ReduceValue = (graph: Graph, x: Value, axes: readonly number[]) => Value;

/** @param axesName what TF.js calls the attribute @param outputType type of the result for each type of input */
function makeReduction(
  kernelName: string,
  axesName: string,
  outputType: (input: DataType) => DataType,
  lower: ReduceValue,
): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      const axes = call.axes(axesName, x.shape);
      const shape = call.flag("keepDims")
        ? keepAxes(x.shape, axes)
        : x.shape.filter((_, axis) => !axes.includes(axis));
      const request = {
        kernelName,
        key: axes.join(),
        inputs: [x],
        lower: one((graph, value) => lower(graph, value, axes)),
      };
      return backend.record(request, outputType(x.dtype), shape);
    },
  };
}

const keepType = (dtype: DataType): DataType => dtype;
const toSumType = (dtype: DataType): DataType => sumOutType(dtype);

const sumLike = (kernelName: string, opType: string): Kernel =>
  makeReduction(kernelName, "axis", toSumType, (graph, x, axes) =>
    reduce(graph, opType, x.dtype === "bool" ? cast(graph, x, "int32") : x, axes),
  );

/** NaN where there is one among the elements, which ONNX Runtime's ReduceMax and ReduceMin may pass over. */
const extreme = (kernelName: string, opType: string, axesName: string): Kernel =>
  makeReduction(kernelName, axesName, keepType, (graph, x, axes) => {
    if (x.dtype === "bool") return cast(graph, reduce(graph, opType, cast(graph, x, "int32"), axes), "bool");
    const found = reduce(graph, opType, x, axes);
    if (x.dtype !== "float32") return found;
    const nanCount = reduce(graph, "ReduceSum", cast(graph, findNans(graph, x), "float32"), axes);
    const hasNone = compare(graph, "Equal", nanCount, graph.scalar(0));
    return select(graph, hasNone, found, graph.scalar(Number.NaN));
  });

/** What ONNX Runtime compares as TF.js does: NaN is never the largest nor the smallest. */
function makeComparable(graph: Graph, kernelName: "ArgMax" | "ArgMin", x: Value): Value {
  if (x.dtype === "bool") return cast(graph, x, "int32");
  if (x.dtype !== "float32") return x;
  return select(graph, findNans(graph, x), graph.scalar(kernelName === "ArgMax" ? -Infinity : Infinity), x);
}

function makeArgReduction(kernelName: "ArgMax" | "ArgMin"): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      const axis = at(call.axes("axis", x.shape), 0);
      const request = {
        kernelName,
        key: String(axis),
        inputs: [x],
        lower: one((graph, value) => {
          return cast(
            graph,
            findExtreme(graph, kernelName, makeComparable(graph, kernelName, value), axis),
            "int32",
          );
        }),
      };
      return backend.record(
        request,
        "int32",
        x.shape.filter((_, index) => index !== axis),
      );
    },
  };
}

export const reductionKernels: readonly Kernel[] = [
  extreme("All", "ReduceMin", "axis"),
  extreme("Any", "ReduceMax", "axis"),
  extreme("Max", "ReduceMax", "reductionIndices"),
  extreme("Min", "ReduceMin", "axis"),
  makeArgReduction("ArgMax"),
  makeArgReduction("ArgMin"),
  makeReduction(
    "Mean",
    "axis",
    () => "float32",
    (graph, x, axes) => reduceMean(graph, cast(graph, x, "float32"), axes),
  ),
  sumLike("Prod", "ReduceProd"),
  sumLike("Sum", "ReduceSum"),
];
