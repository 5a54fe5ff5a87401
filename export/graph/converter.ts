import type * as z from "zod";
import type { ExportGraph } from "./export-graph.ts";
import { type LayerCall, readConfig, refuse } from "./layer-call.ts";
import type { Mask, Value } from "./value.ts";

/**
 * What the table of supported layers says (docs/reference/supported-layers.md).
 *
 *     const { operators, limits }: ConverterDescription = { operators: "Mul", limits: "float32 only" };
 */
export interface ConverterDescription {
  /** ONNX operators that a reader will find in the graph. */
  readonly operators: string;
  /** What is refused or differs; nothing when every option is exported. */
  readonly limits?: string;
  /**
   * What TF.js does with int32 and bool inputs. `cast`: computes in float32. `keep`: the same in any type, and so does
   * the converter. Without it such inputs are refused: TF.js throws, or cuts fractions off.
   */
  readonly integers?: "cast" | "keep";
}

/**
 * A registry entry: turns one layer into nodes.
 *
 *     const converter: Converter = { operators: "Identity", convert: (graph, inputs) => [...inputs] };
 */
export interface Converter extends ConverterDescription {
  readonly convert: (graph: ExportGraph, inputs: readonly Value[], layer: LayerCall) => Value[];
  /** The mask of the layer's output. Without it: that of the first input, where TF.js says `supportsMasking`. */
  readonly convertMask?: (graph: ExportGraph, inputs: readonly Value[], layer: LayerCall) => Mask | null;
}

interface ConverterDefinition<Schema extends z.ZodType> extends ConverterDescription {
  /** The part of the layer's config that the converter reads. */
  readonly config: Schema;
  readonly convertMask?: (
    graph: ExportGraph,
    inputs: readonly Value[],
    layer: LayerCall<z.infer<Schema>>,
  ) => Mask | null;
}

/**
 * A converter of layers with one input and one output.
 *
 *     const double = defineConverter({
 *       operators: "Add",
 *       config: z.object({}),
 *       convert: (graph, x) => ({ ...x, name: graph.addNode("Add", [x.name, x.name]) }),
 *     });
 */
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

/**
 * A converter of layers with any number of inputs and outputs.
 *
 *     const swap = defineGeneralConverter({
 *       operators: "none",
 *       config: z.object({}),
 *       convert: (graph, inputs) => inputs.toReversed(),
 *     });
 */
export function defineGeneralConverter<Schema extends z.ZodType>(
  definition: ConverterDefinition<Schema> & {
    readonly convert: (
      graph: ExportGraph,
      inputs: readonly Value[],
      layer: LayerCall<z.infer<Schema>>,
    ) => Value[];
  },
): Converter {
  const { config: schema, convert, convertMask, ...description } = definition;
  const read = (layer: LayerCall): LayerCall<z.infer<Schema>> => ({
    ...layer,
    config: readConfig(schema, layer),
  });
  return {
    ...description,
    convert: (graph, inputs, layer) => {
      const checked = read(layer);
      if (description.integers === "keep") return convert(graph, inputs, checked);
      const floats = inputs.map((input) =>
        description.integers === "cast" ? castToFloat(graph, input) : expectFloat(layer, input),
      );
      return convert(graph, floats, checked);
    },
    ...(convertMask && {
      convertMask: (graph, inputs, layer) => convertMask(graph, inputs, read(layer)),
    }),
  };
}

/** `x` in float32, as TF.js upcasts. */
export function castToFloat(graph: ExportGraph, x: Value): Value {
  return { ...x, name: graph.castTo(x.name, x.elementType, "float32"), elementType: "float32" };
}

/** @throws UnsupportedLayerError that names the value */
export function expectFloat(layer: LayerCall, x: Value): Value {
  if (x.elementType === "float32") return x;
  return refuse(
    layer,
    "a float32 input",
    `${x.elementType} from ${x.name}; a Rescaling layer before it casts`,
  );
}
