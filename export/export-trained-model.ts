import type * as tf from "@tensorflow/tfjs";
import { type FeatureConfig, hashFeatureConfig } from "../features/feature-config.ts";
import { addFittedClip } from "../features/graph/fit-nodes.ts";
import { addLogNodes, addMelPowerNodes, type FeatureGraphOptions } from "../features/graph/feature-graph.ts";
import type { Standardisation } from "../features/input-transform.ts";
import {
  metadataKey,
  type ModelMetadata,
  type ModelTerms,
  modelMetadataSchema,
  pickFormat,
} from "../features/model-metadata.ts";
import { countClipFrames } from "../features/fit-clip.ts";
import { countColumns } from "../features/meyda/scalar-features.ts";
import { UserError } from "../common/user-error.ts";
import { checkModel } from "../onnx/check/check-model.ts";
import { countParameters } from "../onnx/graph.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { sealModel } from "../features/model-seal.ts";
import { writeModel } from "../onnx/write-model.ts";
import { observeRanges } from "./precision/calibrate.ts";
import { type ConvertedModel, convertModel } from "./converters/convert-model.ts";
import { exposeLayers } from "./expose-layers.ts";
import { addExpm1, addInputTransform, type FeatureSource } from "./input-transform.ts";
import { checkOpset } from "./graph/opset.ts";
import { optimise } from "./passes/index.ts";
import { lowerPrecision, type PrecisionOptions } from "./precision/precision.ts";
import type { Value } from "./graph/value.ts";

/**
 * What `training/` makes, by structure: export knows nothing of training.
 *
 *     const trained: ExportableModel = { model, labels: ["dog", "rain"], features, standardisation };
 */
export interface ExportableModel {
  /** Standardised features [batch, frames, bands] in, logits [batch, classes] out. */
  readonly model: tf.LayersModel;
  readonly labels: readonly string[];
  readonly features: FeatureConfig;
  readonly standardisation: Standardisation;
}

/**
 * What `exportTrainedModel` takes.
 *
 *     exportTrainedModel(trained, { input: "features", precision: "fp16", metadata: { program, network } });
 */
export interface TrainedExportOptions extends PrecisionOptions {
  /**
   * `samples`: waveform [batch, samples] at the config's rate; `features`: raw log-mel of a fitted clip [batch, frames,
   * bands].
   */
  readonly input: ModelMetadata["input"];
  /** What the feature graph computes in, for `samples`. Default: `split`, which runs everywhere. */
  readonly featurePrecision?: FeatureGraphOptions["precision"];
  /** What only the caller knows. */
  readonly metadata: Pick<ModelMetadata, "program" | "network"> &
    Partial<
      Pick<
        ModelMetadata,
        | "metrics"
        | "parity"
        | "trainingDataHash"
        | keyof ModelTerms
        | "teacher"
        | "featurePrecision"
        | "temperature"
        | "thresholds"
        | "labelling"
      >
    >;
  /** Besides `logits` and `probabilities`: raw log-mel of the fitted clip, and what the last Dense layer takes. */
  readonly outputs?: readonly ("features" | "embedding")[];
  /** Adds every layer's output under the layer's name. */
  readonly exposeLayers?: boolean;
  readonly opset?: number;
  /** Adds outputs from which `measureRanges` learns what `precision: "int8"` needs. */
  readonly observeRanges?: boolean;
}

/**
 * An ONNX file in memory, and what it holds.
 *
 *     const { bytes, parameterCount }: ExportedModel = exportTrainedModel(trained, options);
 */
export interface ExportedModel {
  readonly bytes: Uint8Array;
  /** Numbers in the network's weights, with normalisation folded in; the input's constants do not count. */
  readonly parameterCount: number;
  readonly nodeCount: number;
  readonly opset: number;
}

/**
 * Writes a trained network with everything before it: (waveform -> mel power -> clip of the trained length ->) level,
 * clip mean, standardisation -> network -> `logits` and `probabilities`, both [batch, classes]. Batch and length stay
 * dynamic.
 *
 *     const { bytes } = exportTrainedModel(trained, { input: "samples", metadata: { program, network } });
 *
 * @throws UnsupportedLayerError that lists every layer without an ONNX form; UserError for samples in and scalar features
 */
export function exportTrainedModel(trained: ExportableModel, options: TrainedExportOptions): ExportedModel {
  const { model, features: config } = trained;
  const graph = new GraphBuilder({ name: model.name, opset: checkOpset(options.opset) });
  const source =
    options.input === "samples" ? addSamples(graph, config, options) : addFeatures(graph, config);
  const standardised = addInputTransform(graph, source, config, trained.standardisation);
  const input: Value = {
    name: standardised,
    layout: "as-in-tfjs",
    dims: [null, null, countColumns(config)],
    elementType: "float32",
    mask: null,
  };
  const network = convertModel(graph, model, [input]);
  addScores(graph, network, trained.labels.length, options.metadata);
  if (options.outputs?.includes("embedding") === true) addEmbedding(graph, model, network);

  const optimised = optimise(graph.toModel());
  const parameterCount = countParameters(optimised);
  const described = { ...optimised, metadata: describeModel(trained, options, parameterCount) };
  const exposed = options.exposeLayers === true ? exposeLayers(described, network.layers) : described;
  const lowered = lowerPrecision(exposed, [standardised], options);
  const finished = options.observeRanges === true ? observeRanges(lowered) : lowered;
  checkModel(finished);
  return {
    bytes: sealModel(writeModel(finished)),
    parameterCount,
    nodeCount: finished.nodes.length,
    opset: finished.opset,
  };
}

/** Input `features`: raw log-mel, and behind it the columns of scalar features. */
function addFeatures(graph: GraphBuilder, config: FeatureConfig): FeatureSource {
  const { melBands } = config;
  const columns = countColumns(config);
  const features = graph.addInput("features", "float32", ["batch", "frames", columns]);
  if (columns === melBands) return { addLogMel: () => features, addPower: () => addExpm1(graph, features) };
  const takeColumns = (start: number, end: number): string =>
    graph.addNode("Slice", [features, graph.addInts([start]), graph.addInts([end]), graph.addInts([2])]);
  const logMel = takeColumns(0, melBands);
  const scalars = takeColumns(melBands, columns);
  return { addLogMel: () => logMel, addPower: () => addExpm1(graph, logMel), scalars };
}

/** Input `samples`, before the feature graph. The power comes from it directly, not by way of the logarithm. */
function addSamples(
  graph: GraphBuilder,
  config: FeatureConfig,
  { outputs, featurePrecision = "split" }: TrainedExportOptions,
): FeatureSource {
  if (config.scalarFeatures.length > 0) {
    throw new UserError(
      `${config.scalarFeatures.join(", ")}: expected input "features", for Meyda computes these, got input "samples"`,
    );
  }
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  const melPower = addMelPowerNodes(graph, samples, config, { precision: featurePrecision });
  const power = addFittedClip(graph, melPower, config);
  if (outputs?.includes("features") === true) {
    const dims = ["batch", countClipFrames(config), config.melBands];
    graph.addOutput("features", addLogNodes(graph, power), "float32", dims);
  }
  return { addLogMel: () => addLogNodes(graph, power), addPower: () => power };
}

/** The probabilities that the runtime computes too (`computeProbabilities`); the output `logits` stays the network's. */
function addScores(
  graph: GraphBuilder,
  { outputs }: ConvertedModel,
  classes: number,
  { temperature, labelling = "one" }: TrainedExportOptions["metadata"],
): void {
  const [logits] = outputs;
  if (logits === undefined || outputs.length > 1 || logits.dims.at(-1) !== classes) {
    const shapes = outputs
      .map(({ dims }) => `[${dims.map((size) => size ?? "batch").join(", ")}]`)
      .join(", ");
    throw new Error(`network: expected one output [batch, ${classes}], one column a label, got ${shapes}`);
  }
  const scaled =
    temperature === undefined
      ? logits.name
      : graph.addNode(
          "Div",
          [logits.name, graph.addScalar(temperature, "temperature")],
          {},
          { name: "probabilities/calibrated_logits" },
        );
  const probabilities =
    labelling === "several"
      ? graph.addNode("Sigmoid", [scaled], {}, { name: "probabilities/Sigmoid" })
      : graph.addNode("Softmax", [scaled], { axis: 1 }, { name: "probabilities/Softmax" });
  graph.addOutput("logits", logits.name, "float32", ["batch", classes]);
  graph.addOutput("probabilities", probabilities, "float32", ["batch", classes]);
}

/** What the layer that gives the logits takes. */
function addEmbedding(graph: GraphBuilder, model: tf.LayersModel, { layers }: ConvertedModel): void {
  const source = model.outputLayers[0]?.inboundNodes[0]?.inboundLayers[0];
  const value = source && layers.get(source.name);
  const width = value?.dims.at(-1);
  if (value?.dims.length !== 2 || typeof width !== "number") {
    throw new Error(`${model.name}: expected a last layer over [batch, width] to take the embedding from`);
  }
  graph.addOutput("embedding", value.name, "float32", ["batch", width]);
}

function describeModel(
  { labels, features, model }: ExportableModel,
  { metadata, input, precision = "fp32", featurePrecision = "split" }: TrainedExportOptions,
  parameters: number,
): Map<string, string> {
  const described = modelMetadataSchema.parse({
    metrics: {},
    parity: [],
    ...metadata,
    network: metadata.network || model.name,
    ...(precision !== "fp32" && { precision }),
    ...(input === "samples" && { featurePrecision: metadata.featurePrecision ?? { name: featurePrecision } }),
    format: pickFormat(metadata.labelling),
    labels: [...labels],
    input,
    features,
    featureHash: hashFeatureConfig(features),
    parameters,
  });
  return new Map([
    [metadataKey, JSON.stringify(described)],
    ["labels", JSON.stringify(labels)],
  ]);
}
