/** Runs in the browser: the room's own code, bundled, on a runtime given by its provider. */
import * as ort from "onnxruntime-web/webgpu";
import { extractClip } from "../../features/clip-features.ts";
import { featureConfigSchema } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";

ort.env.wasm.wasmPaths = "/ort/";
ort.env.wasm.numThreads = 1;

/** Log-mel of the file at `path`, as plain numbers: what the page's caller can read. */
export async function extract(path: string, engine: string, settings: object): Promise<number[]> {
  const config = featureConfigSchema.parse(settings);
  const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
  const extractor =
    engine === "meyda"
      ? createMeydaExtractor(config)
      : await createGraphExtractor(config, ort, { session: { executionProviders: [engine] } });
  const { values } = await extractClip(bytes, path, config, extractor);
  await extractor.dispose();
  return [...values];
}
