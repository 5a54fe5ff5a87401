import * as z from "zod";
import { float } from "../../onnx/attributes.ts";
import type { ExportGraph } from "./export-graph.ts";
import { locateAxis, type Value } from "./value.ts";

/** Class names of tf.layers' activations, as `getConfig()` gives them (tfjs-layers 4.22, activations.ts). */
export const activationSchema = z.enum([
  "linear",
  "relu",
  "relu6",
  "elu",
  "selu",
  "sigmoid",
  "hardSigmoid",
  "softplus",
  "softsign",
  "tanh",
  "softmax",
  "logSoftmax",
  "gelu",
  "gelu_new",
  "mish",
  "swish",
]);

export type Activation = z.infer<typeof activationSchema>;

/** `selu` of TF.js core takes these constants (Klambauer et al. 2017) to float64. */
const seluAlpha = 1.7580993408473768 / 1.0507009873554805;
const seluGamma = 1.0507009873554805;

/** @returns `x` after the activation, in the layout it had */
export function addActivation(graph: ExportGraph, x: Value, activation: Activation): Value {
  return activation === "linear" ? x : { ...x, name: activators[activation](graph, x) };
}

const activators: Record<Exclude<Activation, "linear">, (graph: ExportGraph, x: Value) => string> = {
  relu: (graph, x) => graph.addNode("Relu", [x.name]),
  relu6: (graph, x) => graph.addNode("Clip", [x.name, graph.addScalar(0), graph.addScalar(6)]),
  elu: (graph, x) => graph.addNode("Elu", [x.name], { alpha: float(1) }),
  selu: (graph, x) => graph.addNode("Selu", [x.name], { alpha: float(seluAlpha), gamma: float(seluGamma) }),
  sigmoid: (graph, x) => graph.addNode("Sigmoid", [x.name]),
  hardSigmoid: (graph, x) => graph.addNode("HardSigmoid", [x.name], { alpha: float(0.2), beta: float(0.5) }),
  softplus: (graph, x) => graph.addNode("Softplus", [x.name]),
  softsign: (graph, x) => graph.addNode("Softsign", [x.name]),
  tanh: (graph, x) => graph.addNode("Tanh", [x.name]),
  softmax: (graph, x) => graph.addNode("Softmax", [x.name], { axis: locateAxis(x, -1) }),
  logSoftmax: (graph, x) => graph.addNode("LogSoftmax", [x.name], { axis: locateAxis(x, -1) }),
  gelu: addGelu,
  gelu_new: addTanhGelu,
  mish: addMish,
  swish: (graph, x) => graph.addNode("Mul", [x.name, graph.addNode("Sigmoid", [x.name])]),
};

/** x Phi(x) (Hendrycks and Gimpel 2016); an operator of its own since opset 20. */
function addGelu(graph: ExportGraph, { name: x }: Value): string {
  if (graph.opset >= 20) return graph.addNode("Gelu", [x]);
  // In this form and order ONNX Runtime fuses it into one kernel.
  const erf = graph.addNode("Erf", [graph.addNode("Div", [x, graph.addScalar(Math.SQRT2)])]);
  const product = graph.addNode("Mul", [x, graph.addNode("Add", [erf, graph.addScalar(1)])]);
  return graph.addNode("Mul", [product, graph.addScalar(0.5)]);
}

/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
function addTanhGelu(graph: ExportGraph, { name: x }: Value): string {
  if (graph.opset >= 20) return graph.addNode("Gelu", [x], { approximate: "tanh" });
  const cube = graph.addNode("Mul", [graph.addNode("Mul", [x, x]), x]);
  const sum = graph.addNode("Add", [x, graph.addNode("Mul", [cube, graph.addScalar(0.044715)])]);
  const tanh = graph.addNode("Tanh", [graph.addNode("Mul", [sum, graph.addScalar(Math.sqrt(2 / Math.PI))])]);
  const product = graph.addNode("Mul", [x, graph.addNode("Add", [tanh, graph.addScalar(1)])]);
  return graph.addNode("Mul", [product, graph.addScalar(0.5)]);
}

/** x tanh(ln(1 + e^x)) (Misra 2019); an operator of its own since opset 18. */
function addMish(graph: ExportGraph, { name: x }: Value): string {
  if (graph.opset >= 18) return graph.addNode("Mish", [x]);
  return graph.addNode("Mul", [x, graph.addNode("Tanh", [graph.addNode("Softplus", [x])])]);
}
