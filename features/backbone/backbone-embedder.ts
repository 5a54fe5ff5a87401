import type { Embedder } from "../embedder.ts";
import type { OrtRuntime } from "../ort-runtime.ts";
import { buildEmbeddingGraph, type OpenedBackbone } from "./embedding-graph.ts";

/** A backbone as an Embedder, in any ONNX Runtime. @param threads within one run; ONNX Runtime's choice unless given */
export async function createBackboneEmbedder(
  opened: OpenedBackbone,
  ort: OrtRuntime,
  { threads }: { readonly threads?: number } = {},
): Promise<Embedder> {
  const session = await ort.InferenceSession.create(buildEmbeddingGraph(opened), {
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  });
  const { sampleRateHz, dimensions } = opened.backbone;
  return {
    sampleRateHz,
    async embed(samples) {
      const { embeddings } = await session.run({
        samples: new ort.Tensor("float32", samples, [1, samples.length]),
      });
      const values: unknown = await embeddings?.getData();
      if (!(values instanceof Float32Array)) throw new Error("embedder: expected float32 embeddings");
      return { windows: values.length / dimensions, dimensions, values };
    },
    dispose: () => session.release(),
  };
}
