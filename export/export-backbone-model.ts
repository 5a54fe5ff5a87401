import type { Labelling } from "../common/labelling.ts";
import { buildAroundBackbone, type OpenedBackbone } from "../features/backbone/embedding-graph.ts";
import { defaultFeatureConfig, type FeatureConfig, hashFeatureConfig } from "../features/feature-config.ts";
import {
  metadataKey,
  type ModelMetadata,
  type ModelTerms,
  modelMetadataSchema,
  pickFormat,
} from "../features/model-metadata.ts";
import { sealModel } from "../features/model-seal.ts";
import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { addHead, addUnitLength, type ExportableHead } from "./head-nodes.ts";
import type { WindowValues } from "../features/backbone/window-nodes.ts";
import { writeMetadata } from "../onnx/read-metadata.ts";

export interface BackboneExportOptions {
  readonly labels: readonly string[];
  /** Whether a sound may have several classes. Default `one`. */
  readonly labelling?: Labelling;
  readonly metadata: Pick<ModelMetadata, "program" | "metrics"> &
    Partial<Pick<ModelMetadata, "trainingDataHash" | "thresholds">> &
    ModelTerms;
}

/** Above any embedding; an embedding minus it is below any other. */
const outOfReach = 1e30;

/**
 * One file: samples [batch, n] of any length -> windows -> backbone -> mean and maximum over windows -> length 1 ->
 * head -> `logits` and `probabilities` [batch, classes]. The output `embedding` [batch, 2 x dimensions] is what the head
 * takes. The temperature is inside the head, so that softmax or sigmoid is calibrated.
 */
export function exportBackboneModel(
  opened: OpenedBackbone,
  head: ExportableHead,
  { labels, labelling = "one", metadata }: BackboneExportOptions,
): Uint8Array {
  const { backbone } = opened;
  const classes = labels.length;
  const bytes = buildAroundBackbone(opened, (graph, windows) => {
    const pooled = addPooling(graph, windows);
    const embedding = addUnitLength(graph, pooled);
    const logits = addHead(graph, embedding, head);
    const probabilities =
      labelling === "several"
        ? graph.addNode("Sigmoid", [logits], {}, { name: "head/sigmoid" })
        : graph.addNode("Softmax", [logits], { axis: 1 }, { name: "head/softmax" });
    graph.addOutput("logits", logits, "float32", ["batch", classes]);
    graph.addOutput("probabilities", probabilities, "float32", ["batch", classes]);
    graph.addOutput("embedding", embedding, "float32", ["batch", 2 * backbone.dimensions]);
  });
  const features = describeFeatures(opened);
  const described = modelMetadataSchema.parse({
    parity: [],
    ...metadata,
    format: pickFormat(labelling),
    ...(labelling === "several" && { labelling }),
    labels: [...labels],
    input: "samples",
    features,
    featureHash: hashFeatureConfig(features),
    network: `${backbone.name} + ${head.nearest === undefined ? "linear head" : "nearest neighbours"}`,
    parameters: head.weights.values.length + head.bias.length,
    backbone,
  });
  const complete = writeMetadata(bytes, [
    [metadataKey, JSON.stringify(described)],
    ["labels", JSON.stringify(labels)],
  ]);
  return sealModel(complete);
}

/** One window of the backbone is the shortest sound that has an answer of its own: what a timeline steps through. */
function describeFeatures({ backbone }: OpenedBackbone): FeatureConfig {
  const { sampleRateHz, windowSamples } = backbone;
  return {
    ...defaultFeatureConfig,
    sampleRateHz,
    clipSeconds: windowSamples / sampleRateHz,
    padding: "loop",
  };
}

/** Mean ++ maximum over a clip's own windows, [batch, 2 x dimensions]. */
function addPooling(graph: GraphBuilder, { embeddings, counts, mask }: WindowValues): string {
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.addNode(opType, inputs, attributes, { name: `pooling/${name}` });
  const axis = graph.addInts([1]);
  const own = add("Mul", [embeddings, mask], "own");
  const sum =
    graph.opset >= 13
      ? add("ReduceSum", [own, axis], "sum", { keepdims: 0 })
      : add("ReduceSum", [own], "sum", { axes: [1], keepdims: 0 });
  const mean = add("Div", [sum, add("Cast", [counts], "count", { to: 1 })], "mean");
  const away = add(
    "Mul",
    [add("Sub", [mask, graph.addScalar(1)], "others"), graph.addScalar(outOfReach)],
    "away",
  );
  const shown = add("Add", [own, away], "shown");
  const maximum =
    graph.opset >= 18
      ? add("ReduceMax", [shown, axis], "maximum", { keepdims: 0 })
      : add("ReduceMax", [shown], "maximum", { axes: [1], keepdims: 0 });
  return add("Concat", [mean, maximum], "pooled", { axis: 1 });
}
