import {
  createClassifier,
  type Classifier,
  listLayers,
  loadBackend,
  type WebSource,
} from "../../runtime/web.ts";
import { type BackendName, countThreads } from "../model/backends.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import type { OpenedModel, OpenRequest } from "./protocol.ts";
import { makeTestWindow } from "./test-window.ts";

/** Fetches and unpacks what the backend needs, once for this worker. */
export async function prepareRuntime(backend: BackendName, pageUrl: string): Promise<void> {
  await loadBackend(nameProvider(backend), describeOrtSource(pageUrl));
}

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
      executionProviders: [nameProvider(backend)],
      threads,
      // On WASM the first answer comes a tenth sooner so; the milliseconds that a window then takes more are not seen.
      graphOptimizationLevel: backend === "webgpu" ? "all" : "disabled",
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

function nameProvider(backend: BackendName): "webgpu" | "wasm" {
  return backend === "webgpu" ? "webgpu" : "wasm";
}
