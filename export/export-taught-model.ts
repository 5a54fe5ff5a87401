import {
  metadataKey,
  type ModelMetadata,
  modelMetadataSchema,
  type ModelThresholds,
  pickFormat,
} from "../features/model-metadata.ts";
import { isBackgroundName } from "../common/background-names.ts";
import { sealModel } from "../features/model-seal.ts";
import { cutHead, joinModels } from "../onnx/rewrite/cut-head.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { readMetadata, writeMetadata } from "../onnx/read-metadata.ts";
import { addHead, addUnitLength, type ExportableHead } from "./head-nodes.ts";

export interface TaughtModelOptions {
  readonly labels: readonly string[];
  readonly program: string;
  /** Scores, by name; those of the model it is made of say nothing of the new classes. */
  readonly metrics: ModelMetadata["metrics"];
  /** From which probability each label is named; without them the most probable one always is. */
  readonly thresholds?: ModelThresholds | undefined;
}

/**
 * A model of ours with another last layer: everything up to its embedding stays, to the byte; the embedding, brought
 * to length 1, goes through a new linear head. Copies fields of the file as they are and decodes no tensor, so that a
 * page can do it in milliseconds.
 * @param base a model that earshot exported @param head for embeddings of length 1, its temperature inside
 * @returns the new file, sealed, without a parity verdict
 * @throws RangeError when `base` has no last layer that is linear
 */
export function exportTaughtModel(
  base: Uint8Array,
  head: ExportableHead,
  { labels, program, metrics, thresholds }: TaughtModelOptions,
): Uint8Array {
  const trunk = cutHead(base);
  if (trunk === undefined)
    throw new RangeError("model: expected a last layer that is linear, got another one");
  const { rows: classes, columns } = head.weights;
  const taken = [...trunk.names].filter((name) => name !== trunk.output);
  const graph = new GraphBuilder({ name: "head", opset: trunk.opset, taken });
  const pooled = graph.addInput(trunk.output, "float32", ["batch", columns]);
  const embedding = addUnitLength(graph, pooled);
  const logits = addHead(graph, embedding, head);
  const probabilities = graph.addNode("Softmax", [logits], { axis: 1 }, { name: "head/softmax" });
  graph.addOutput("logits", logits, "float32", ["batch", classes]);
  graph.addOutput("probabilities", probabilities, "float32", ["batch", classes]);
  graph.addOutput("embedding", embedding, "float32", ["batch", columns]);
  const joined = joinModels(trunk.bytes, graph.build());

  const before = modelMetadataSchema.parse(JSON.parse(readMetadata(base).get(metadataKey) ?? "null"));
  const background = labels.filter(isBackgroundName);
  const described: ModelMetadata = {
    format: before.format === 1 ? 1 : pickFormat(),
    program,
    labels: [...labels],
    input: before.input,
    features: before.features,
    featureHash: before.featureHash,
    network: `${before.network.replace(/ \+ taught head$/, "")} + taught head`,
    parameters: head.weights.values.length + head.bias.length,
    metrics,
    parity: [],
    ...(thresholds !== undefined && { thresholds }),
    ...(background.length > 0 && background.length < labels.length && { background }),
    ...(before.backbone !== undefined && { backbone: before.backbone }),
    ...(before.featurePrecision !== undefined && { featurePrecision: before.featurePrecision }),
    ...(before.precision !== undefined && { precision: before.precision }),
    ...(before.license !== undefined && { license: before.license }),
    ...(before.teacher !== undefined && { teacher: before.teacher }),
  };
  return sealModel(
    writeMetadata(joined, [
      [metadataKey, JSON.stringify(described)],
      ["labels", JSON.stringify(labels)],
    ]),
  );
}
