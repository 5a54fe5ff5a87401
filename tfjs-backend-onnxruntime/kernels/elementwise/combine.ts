import { backend_util, type DataType } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import { broadcastShapes, type Value } from "../../graph/value.ts";
import {
  alike,
  cast,
  combine,
  combineAll,
  compare,
  mapElements,
  select,
} from "../../operators/elementwise.ts";
import { three, two } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

type Combine = (graph: Graph, a: Value, b: Value) => Value;

/** A kernel on two inputs that broadcast; the result has their type unless another is given. */
function combineTo(kernelName: string, lower: Combine, dtype?: DataType): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const a = call.input("a");
      const b = call.input("b");
      const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      return backend.record({ kernelName, inputs: [a, b], lower: two(lower) }, dtype ?? a.dtype, shape);
    },
  };
}

const arithmetic = (kernelName: string, opType: string): Kernel =>
  combineTo(kernelName, (graph, a, b) => combine(graph, opType, a, b));

/** ONNX compares no booleans but for equality: as integers. */
const comparison = (kernelName: string, opType: string): Kernel =>
  combineTo(
    kernelName,
    (graph, a, b) =>
      a.dtype === "bool" && opType !== "Equal"
        ? compare(graph, opType, cast(graph, a, "int32"), cast(graph, b, "int32"))
        : compare(graph, opType, a, b),
    "bool",
  );

const logical = (kernelName: string, opType: string): Kernel =>
  combineTo(kernelName, (graph, a, b) => compare(graph, opType, a, b), "bool");

/** b with 1 in place of 0, and 0 where b is 0: integers divided by 0 would trap; in TF.js they give 0. */
function guardZero(graph: Graph, b: Value): { divisor: Value; isNotZero: Value } {
  const isZero = cast(graph, compare(graph, "Equal", b, alike(graph, b, 0)), b.dtype);
  return {
    divisor: combine(graph, "Add", b, isZero),
    isNotZero: combine(graph, "Sub", alike(graph, b, 1), isZero),
  };
}

/** a / b towards minus infinity, of integers; b is not 0. */
function floorQuotient(graph: Graph, a: Value, b: Value): Value {
  const zero = alike(graph, a, 0);
  const quotient = combine(graph, "Div", a, b);
  const rest = combine(graph, "Sub", a, combine(graph, "Mul", quotient, b));
  const isInexact = mapElements(graph, "Not", compare(graph, "Equal", rest, zero));
  const isNegative = (value: Value) => compare(graph, "Less", value, zero);
  const hasOtherSign = compare(graph, "Xor", isNegative(rest), isNegative(b));
  return combine(
    graph,
    "Sub",
    quotient,
    cast(graph, compare(graph, "And", isInexact, hasOtherSign), "int32"),
  );
}

/** Towards minus infinity, as an integer also for floats, as on TF.js's CPU backend. */
function lowerFloorDiv(graph: Graph, a: Value, b: Value): Value {
  const { divisor, isNotZero } = guardZero(graph, b);
  const quotient =
    a.dtype === "float32"
      ? mapElements(graph, "Floor", combine(graph, "Div", a, divisor))
      : floorQuotient(graph, a, divisor);
  return cast(graph, combine(graph, "Mul", quotient, isNotZero), "int32");
}

/** The remainder with the sign of the divisor. Integers: 0 for a divisor of 0; floats: NaN. */
function lowerMod(graph: Graph, a: Value, b: Value): Value {
  if (a.dtype === "float32") {
    const quotient = mapElements(graph, "Floor", combine(graph, "Div", a, b));
    return combine(graph, "Sub", a, combine(graph, "Mul", quotient, b));
  }
  const { divisor, isNotZero } = guardZero(graph, b);
  const rest = combine(graph, "Sub", a, combine(graph, "Mul", floorQuotient(graph, a, divisor), divisor));
  return combine(graph, "Mul", rest, isNotZero);
}

function lowerAtan2(graph: Graph, y: Value, x: Value): Value {
  const zero = graph.scalar(0);
  const xIsZero = compare(graph, "Equal", x, zero);
  const divisor = combine(graph, "Add", x, cast(graph, xIsZero, "float32"));
  const atan = mapElements(graph, "Atan", combine(graph, "Div", y, divisor));
  const signOfY = combine(
    graph,
    "Sub",
    cast(graph, compare(graph, "GreaterOrEqual", y, zero), "float32"),
    cast(graph, compare(graph, "Less", y, zero), "float32"),
  );
  const left = cast(graph, compare(graph, "Less", x, zero), "float32");
  const turn = combine(graph, "Mul", combine(graph, "Mul", left, signOfY), graph.scalar(Math.PI));
  const onAxis = combine(graph, "Mul", mapElements(graph, "Sign", y), graph.scalar(Math.PI / 2));
  return select(graph, xIsZero, onAxis, combine(graph, "Add", atan, turn));
}

const addN: Kernel = {
  kernelName: "AddN",
  record(backend, call) {
    const inputs = call.inputs();
    const [first] = inputs;
    if (first === undefined) return call.refuse("inputs", "at least one tensor", undefined);
    const request = {
      kernelName: "AddN",
      inputs,
      lower: (graph: Graph, values: readonly Value[]) =>
        first.dtype === "float32"
          ? combineAll(graph, "Sum", values)
          : values.reduce((sum, value) => combine(graph, "Add", sum, value)),
    };
    return backend.record(request, first.dtype, first.shape);
  },
};

const selectKernel: Kernel = {
  kernelName: "Select",
  record(backend, call) {
    const condition = call.input("condition");
    const a = call.input("t");
    const missing = a.shape.length - condition.shape.length;
    // A condition of lower rank chooses along the first axes.
    const conditionShape = [...condition.shape, ...Array.from({ length: missing }, () => 1)];
    const request = {
      kernelName: "Select",
      inputs: [{ ...condition, shape: conditionShape }, a, call.input("e")],
      lower: three((graph, choose, value, other) =>
        // ONNX Runtime's Where knows no booleans.
        value.dtype === "bool"
          ? cast(
              graph,
              select(graph, choose, cast(graph, value, "int32"), cast(graph, other, "int32")),
              "bool",
            )
          : select(graph, choose, value, other),
      ),
    };
    return backend.record(request, a.dtype, broadcastShapes(conditionShape, a.shape));
  },
};

const identity: Kernel = {
  kernelName: "Identity",
  record(backend, call) {
    const x = call.input("x");
    return backend.alias(x, x.shape);
  },
};

export const combineKernels: readonly Kernel[] = [
  addN,
  arithmetic("Add", "Add"),
  arithmetic("Maximum", "Max"),
  arithmetic("Minimum", "Min"),
  arithmetic("Multiply", "Mul"),
  arithmetic("Pow", "Pow"),
  arithmetic("RealDiv", "Div"),
  arithmetic("Sub", "Sub"),
  combineTo("Atan2", lowerAtan2),
  combineTo("FloorDiv", lowerFloorDiv, "int32"),
  combineTo("Mod", lowerMod),
  combineTo("SquaredDifference", (graph, a, b) => {
    const difference = combine(graph, "Sub", a, b);
    return combine(graph, "Mul", difference, difference);
  }),
  comparison("Equal", "Equal"),
  comparison("Greater", "Greater"),
  comparison("GreaterEqual", "GreaterOrEqual"),
  comparison("Less", "Less"),
  comparison("LessEqual", "LessOrEqual"),
  combineTo("NotEqual", (graph, a, b) => mapElements(graph, "Not", compare(graph, "Equal", a, b)), "bool"),
  identity,
  logical("LogicalAnd", "And"),
  logical("LogicalOr", "Or"),
  selectKernel,
];
