import type { TensorInfo } from "@tensorflow/tfjs";
import { float } from "../../../onnx/attributes.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import type { KernelCall } from "../../kernel-call.ts";
import { clip, combine, mapElements } from "../../operators/elementwise.ts";

/** What a fused kernel does after its product: add a bias, then apply an activation. */
export interface AfterProduct {
  readonly key: string;
  /** Inputs to record after the kernel's own. */
  readonly inputs: readonly TensorInfo[];
  lower(graph: Graph, product: Value, inputs: readonly Value[]): Value;
}

/** Reads `bias`, `preluActivationWeights`, `activation` and `leakyreluAlpha` of a fused kernel. */
export function activate(call: KernelCall): AfterProduct {
  const bias = call.findInput("bias");
  const slope = call.findInput("preluActivationWeights");
  const activation = call.has("activation") ? call.text("activation") : "linear";
  const alpha = call.has("leakyreluAlpha") ? call.number("leakyreluAlpha") : 0.2;
  return {
    key: `${activation} ${alpha} ${bias !== undefined}`,
    inputs: [bias, slope].filter((info) => info !== undefined),
    lower(graph, product, inputs) {
      const [first] = inputs;
      const biased =
        bias === undefined || first === undefined ? product : combine(graph, "Add", product, first);
      switch (activation) {
        case "linear":
          return biased;
        case "relu":
          return mapElements(graph, "Relu", biased);
        case "relu6":
          return clip(graph, biased, 0, 6);
        case "elu":
          return mapElements(graph, "Elu", biased);
        case "sigmoid":
          return mapElements(graph, "Sigmoid", biased);
        case "leakyrelu":
          return mapElements(graph, "LeakyRelu", biased, { alpha: float(alpha) });
        case "prelu": {
          const weights = inputs.at(-1);
          if (slope === undefined || weights === undefined) break;
          return combine(graph, "PRelu", biased, weights);
        }
      }
      return call.refuse("activation", "linear, relu, relu6, elu, sigmoid, leakyrelu or prelu", activation);
    },
  };
}
