import type * as tf from "@tensorflow/tfjs";
import type * as z from "zod";
import type { ElementType } from "../../onnx/element-types.ts";
import type { ExportGraph } from "./export-graph.ts";
import { UnsupportedLayerError } from "./unsupported-layer-error.ts";
import type { Dims, Layout, Value } from "./value.ts";
import type { Weight } from "./weight.ts";

/** A layer at one place of the model, as its converter sees it. */
export interface LayerCall<Config = unknown> {
  readonly name: string;
  readonly className: string;
  /** What `layer.getConfig()` says, checked by the converter's schema. */
  readonly config: Config;
  /** By role, e.g. `kernel`: the last part of the variable's name. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** One an output; null where only running tells. */
  readonly outputDims: readonly Dims[];
  /** Identity of the layer, for what a shared layer stores once, and its inner layers if it wraps any. */
  readonly layer: tf.layers.Layer;
}

/** What the table of supported layers says (docs/supported-layers.md). */
export interface ConverterDescription {
  /** ONNX operators that a reader will find in the graph. */
  readonly operators: string;
  /** What is refused or differs; nothing when every option is exported. */
  readonly limits?: string;
}

/** A registry entry: turns one layer into nodes. */
export interface Converter extends ConverterDescription {
  readonly convert: (graph: ExportGraph, inputs: readonly Value[], layer: LayerCall) => Value[];
}

interface ConverterDefinition<Schema extends z.ZodType> extends ConverterDescription {
  /** The part of the layer's config that the converter reads. */
  readonly config: Schema;
}

/** A converter of layers with one input and one output. */
export function defineConverter<Schema extends z.ZodType>(
  definition: ConverterDefinition<Schema> & {
    readonly convert: (graph: ExportGraph, x: Value, layer: LayerCall<z.infer<Schema>>) => Value;
  },
): Converter {
  return defineGeneralConverter({
    ...definition,
    convert: (graph, inputs, layer) => {
      const [x] = inputs;
      if (x === undefined || inputs.length > 1) refuse(layer, "one input", `${inputs.length}`);
      return [definition.convert(graph, x, layer)];
    },
  });
}

/** A converter of layers with any number of inputs and outputs. */
export function defineGeneralConverter<Schema extends z.ZodType>(
  definition: ConverterDefinition<Schema> & {
    readonly convert: (
      graph: ExportGraph,
      inputs: readonly Value[],
      layer: LayerCall<z.infer<Schema>>,
    ) => Value[];
  },
): Converter {
  const { config: schema, convert, ...description } = definition;
  return {
    ...description,
    convert: (graph, inputs, layer) =>
      convert(graph, inputs, { ...layer, config: readConfig(schema, layer) }),
  };
}

function readConfig<Schema extends z.ZodType>(schema: Schema, layer: LayerCall): z.infer<Schema> {
  const result = schema.safeParse(layer.config);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new UnsupportedLayerError([{ ...layer, reason: `config with ${issues.join("; ")}` }]);
}

/** @throws UnsupportedLayerError `stem (Conv1D): expected stride 1, got stride 2` */
export function refuse(layer: LayerCall, expected: string, actual: string): never {
  throw new UnsupportedLayerError([{ ...layer, reason: `expected ${expected}, got ${actual}` }]);
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
  options: { readonly elementType?: ElementType; readonly masked?: boolean; readonly index?: number } = {},
): Value {
  const { elementType = "float32", masked = false, index = 0 } = options;
  const dims = layer.outputDims[index];
  if (dims === undefined) throw new Error(`${layer.name}: TF.js knows no shape of output ${index}`);
  return { name, layout, dims, elementType, masked };
}
