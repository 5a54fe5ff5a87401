import type * as tf from "@tensorflow/tfjs";
import type * as z from "zod";
import { at } from "../../common/at.ts";
import type { ElementType } from "../../onnx/element-types.ts";
import { UnsupportedLayerError } from "./unsupported-layer-error.ts";
import type { Dims, Layout, Mask, Value } from "./value.ts";
import type { Weight } from "./weight.ts";

/**
 * A layer at one place of the model, as its converter sees it.
 *
 *     const readUnits = ({ config }: LayerCall<{ units: number }>) => config.units;
 */
export interface LayerCall<Config = unknown> {
  readonly name: string;
  readonly className: string;
  /** What `layer.getConfig()` says, checked by the converter's schema. */
  readonly config: Config;
  /** By role, e.g. `kernel`: the last part of the variable's name. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** One an output; null where only a run shows it. */
  readonly outputDims: readonly Dims[];
  /** What TF.js passes as `kwargs.mask`: also a mask of an earlier layer (`convert-model.ts`). */
  readonly mask: Mask | null;
  /** Identity of the layer, for what a shared layer stores once, and its inner layers if it wraps any. */
  readonly layer: tf.layers.Layer;
}

/** What a converter may know of a layer. */
export function readLayer(
  layer: tf.layers.Layer,
  outputDims: readonly Dims[],
  mask: Mask | null = null,
): LayerCall {
  return {
    name: layer.name,
    className: layer.getClassName(),
    config: layer.getConfig(),
    weights: readWeights(layer),
    outputDims,
    mask,
    layer,
  };
}

/** By role, the last part of a variable's name: `conv1/kernel` -> `kernel`. */
function readWeights(layer: tf.layers.Layer): Map<string, Weight> {
  const weights = layer.weights.map((variable): [string, Weight] => {
    const role = at(variable.originalName.split("/"), -1);
    const tensor = variable.read();
    return [role, { data: new Float32Array(tensor.dataSync()), dims: tensor.shape }];
  });
  return new Map(weights);
}

/** @throws UnsupportedLayerError for a config that the schema does not allow */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  layer: LayerCall,
  config: unknown = layer.config,
): z.infer<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new UnsupportedLayerError([{ ...layer, reason: `config with ${issues.join("; ")}` }]);
}

/** @throws UnsupportedLayerError `stem (Conv1D): expected stride 1, got stride 2` */
export function refuse(layer: LayerCall, expected: string, actual: string): never {
  throw new UnsupportedLayerError([{ ...layer, reason: `expected ${expected}, got ${actual}` }]);
}

/** The first of any number of inputs. @throws UnsupportedLayerError when there is none */
export function takeFirst(inputs: readonly Value[], layer: LayerCall): Value {
  const [first] = inputs;
  if (first === undefined) refuse(layer, "at least one input", "none");
  return first;
}

/** @throws Error when the layer has no such weight: then the converter misunderstands the layer */
export function takeWeight(layer: LayerCall, role: string): Weight {
  const weight = layer.weights.get(role);
  if (weight === undefined) {
    throw new Error(
      `${layer.name} (${layer.className}): expected a weight ${role}, got ${[...layer.weights.keys()].join(", ")}`,
    );
  }
  return weight;
}

/** The layer's (first) output: `name` in the graph, with the dims that TF.js computed. */
export function makeOutput(
  layer: LayerCall,
  name: string,
  layout: Layout,
  options: { readonly elementType?: ElementType; readonly index?: number; readonly dims?: Dims } = {},
): Value {
  const { elementType = "float32", index = 0, dims = at(layer.outputDims, index) } = options;
  return { name, layout, dims, elementType, mask: null };
}
