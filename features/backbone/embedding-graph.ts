import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { insertScan } from "../../onnx/rewrite/insert-scan.ts";
import type { Backbone } from "./backbone.ts";
import { takeTrunk } from "./known-backbones.ts";
import { addWindows, buildWindowBody, type WindowValues } from "./window-nodes.ts";

/** A backbone's file and how it is used. */
export interface OpenedBackbone {
  readonly backbone: Backbone;
  readonly bytes: Uint8Array;
}

/**
 * A graph around a backbone: `samples` [batch, n] in; what comes of the windows' embeddings is the caller's.
 * @param finish adds what follows, and the outputs
 */
export function buildAroundBackbone(
  { backbone, bytes }: OpenedBackbone,
  finish: (graph: GraphBuilder, windows: WindowValues) => void,
): Uint8Array {
  const graph = new GraphBuilder({ name: backbone.name, opset: backbone.opset });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  finish(graph, addWindows(graph, samples, backbone));
  return insertScan({
    host: graph.build(),
    body: buildWindowBody(backbone),
    guest: takeTrunk(bytes),
    guestOutput: backbone.output.name,
  });
}

/** The embedder's graph: `samples` [1, n] to `embeddings` [windows, dimensions]. */
export function buildEmbeddingGraph(opened: OpenedBackbone): Uint8Array {
  return buildAroundBackbone(opened, (graph, { embeddings }) => {
    const { dimensions } = opened.backbone;
    const rows = graph.addNode("Reshape", [embeddings, graph.addInts([-1, dimensions])]);
    graph.addOutput("embeddings", rows, "float32", ["windows", dimensions]);
  });
}
