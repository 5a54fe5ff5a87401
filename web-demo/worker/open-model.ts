import { createClassifier, type Classifier, listLayers, type WebSource } from "../../runtime/web.ts";
import { countThreads } from "../model/backends.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import type { OpenedModel, OpenRequest } from "./protocol.ts";
import { makeTestWindow } from "./test-window.ts";

/** Starts the model and hears one window with it. @throws ModelError, BackendError */
export async function openModel({
  model,
  name,
  backend,
  pageUrl,
}: OpenRequest): Promise<{ ears: Classifier<WebSource>; answer: OpenedModel }> {
  const begin = performance.now();
  const bytes = new Uint8Array(await model.arrayBuffer());
  const threads = backend === "threads" && crossOriginIsolated ? countThreads() : 1;
  const ears = await createClassifier(
    { name, bytes },
    {
      executionProviders: [backend === "webgpu" ? "webgpu" : "wasm"],
      threads,
      ...describeOrtSource(pageUrl),
    },
  );
  const loaded = performance.now();
  await ears.classify(makeTestWindow(ears.info));
  const heard = performance.now();
  const answer = {
    info: ears.info,
    layers: listLayers(bytes),
    fileBytes: bytes.length,
    backend: ears.backend,
    threads,
    loadMs: loaded - begin,
    firstMs: heard - loaded,
  };
  return { ears, answer };
}
