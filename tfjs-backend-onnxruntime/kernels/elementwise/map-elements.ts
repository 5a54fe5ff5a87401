import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import {
  alike,
  cast,
  clip,
  combine,
  compare,
  findNans,
  mapElements,
  select,
} from "../../operators/elementwise.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

type MapValue = (graph: Graph, x: Value) => Value;

/** A kernel that maps each element of `x` and keeps its type. */
function mapAny(kernelName: string, lower: MapValue): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      return backend.record({ kernelName, inputs: [x], lower: one(lower) }, x.dtype, x.shape);
    },
  };
}

/** A kernel that computes in float32, whatever type `x` has. */
function mapFloat(kernelName: string, lower: MapValue): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      const request = {
        kernelName,
        inputs: [x],
        lower: one((graph, value) => lower(graph, cast(graph, value, "float32"))),
      };
      return backend.record(request, "float32", x.shape);
    },
  };
}

/** A kernel that is one ONNX operator of the same meaning. */
const mapTo = (kernelName: string, opType: string = kernelName): Kernel =>
  mapFloat(kernelName, (graph, x) => mapElements(graph, opType, x));

/** A question about each element: bool. */
function ask(kernelName: string, lower: MapValue): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      return backend.record({ kernelName, inputs: [x], lower: one(lower) }, "bool", x.shape);
    },
  };
}

const onFloats =
  (lower: MapValue): MapValue =>
  (graph, x) =>
    x.dtype === "float32" ? lower(graph, x) : x;

/** log(1 + x) that keeps small x: log(u) x / (u - 1) with u = 1 + x (Goldberg 1991, theorem 4). */
function lowerLog1p(graph: Graph, x: Value): Value {
  const one_ = graph.scalar(1);
  const u = combine(graph, "Add", x, one_);
  const lost = compare(graph, "Equal", u, one_);
  const step = combine(graph, "Add", combine(graph, "Sub", u, one_), cast(graph, lost, "float32"));
  const log = mapElements(graph, "Log", u);
  const corrected = combine(graph, "Mul", log, combine(graph, "Div", x, step));
  const small = select(graph, lost, x, corrected);
  return select(graph, compare(graph, "Greater", x, one_), log, small);
}

/** exp(x) - 1 that keeps small x: tanh(x / 2) (exp(x) + 1). */
function lowerExpm1(graph: Graph, x: Value): Value {
  const half = mapElements(graph, "Tanh", combine(graph, "Mul", x, graph.scalar(0.5)));
  return combine(graph, "Mul", half, combine(graph, "Add", mapElements(graph, "Exp", x), graph.scalar(1)));
}

/** 1, 0 or -1; 0 for NaN, as in TF.js. */
function lowerSign(graph: Graph, x: Value): Value {
  if (x.dtype !== "float32") return mapElements(graph, "Sign", x);
  const zero = graph.scalar(0);
  const is = (opType: string) => cast(graph, compare(graph, opType, x, zero), "float32");
  return combine(graph, "Sub", is("Greater"), is("Less"));
}

function lowerIsFinite(graph: Graph, x: Value): Value {
  // Infinity and NaN are the only numbers whose difference from themselves is not 0.
  return compare(graph, "Equal", combine(graph, "Sub", x, x), alike(graph, x, 0));
}

export const mapElementsKernels: readonly Kernel[] = [
  mapAny("Abs", (graph, x) => (x.dtype === "bool" ? x : mapElements(graph, "Abs", x))),
  mapAny(
    "Ceil",
    onFloats((graph, x) => mapElements(graph, "Ceil", x)),
  ),
  mapAny(
    "Floor",
    onFloats((graph, x) => mapElements(graph, "Floor", x)),
  ),
  mapAny("Neg", (graph, x) => mapElements(graph, "Neg", x)),
  mapAny("Relu", (graph, x) => mapElements(graph, "Relu", x)),
  mapAny("Relu6", (graph, x) => clip(graph, x, 0, 6)),
  mapAny(
    "Round",
    onFloats((graph, x) => mapElements(graph, "Round", x)),
  ),
  mapAny("Sign", lowerSign),
  mapAny("Square", (graph, x) => combine(graph, "Mul", x, x)),
  mapAny("OnesLike", (graph, x) => graph.constant(x.dtype, x.shape, [1])),
  mapAny("ZerosLike", (graph, x) => graph.constant(x.dtype, x.shape, [0])),
  mapTo("Acos"),
  mapTo("Acosh"),
  mapTo("Asin"),
  mapTo("Asinh"),
  mapTo("Atan"),
  mapTo("Atanh"),
  mapTo("Cos"),
  mapTo("Cosh"),
  mapTo("Elu"),
  mapTo("Erf"),
  mapTo("Exp"),
  mapTo("Log"),
  mapTo("Reciprocal"),
  mapTo("Selu"),
  mapTo("Sigmoid"),
  mapTo("Sin"),
  mapTo("Sinh"),
  mapTo("Softplus"),
  mapTo("Sqrt"),
  mapTo("Tan"),
  mapTo("Tanh"),
  mapFloat("Expm1", lowerExpm1),
  mapFloat("Log1p", lowerLog1p),
  mapFloat("Rsqrt", (graph, x) => mapElements(graph, "Reciprocal", mapElements(graph, "Sqrt", x))),
  ask("IsFinite", lowerIsFinite),
  ask("IsInf", (graph, x) =>
    x.dtype === "float32"
      ? graph.node({ opType: "IsInf", inputs: [x], shape: x.shape, dtype: "bool" })
      : graph.constant("bool", x.shape, [0]),
  ),
  ask("IsNan", (graph, x) =>
    x.dtype === "float32" ? findNans(graph, x) : graph.constant("bool", x.shape, [0]),
  ),
  ask("LogicalNot", (graph, x) => mapElements(graph, "Not", x)),
];
