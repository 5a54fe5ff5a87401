import {
  createClassifier,
  type Classifier,
  listLayers,
  loadBackend,
  readModel,
  type WebSource,
} from "../../runtime/web.ts";
import { type BackendName, countThreads } from "../model/backends.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import type { LoadReport, OpenedModel, OpenRequest } from "./protocol.ts";
import { makeTestWindow } from "./measure.ts";

/** Fetches and unpacks what the backend needs, once for this worker. */
export async function prepareRuntime(
  backend: BackendName,
  pageUrl: string,
  report: (progress: LoadReport) => void,
): Promise<void> {
  await loadBackend(nameProvider(backend), describeOrtSource(pageUrl, report));
}

/** Starts the model and classifies one window with it. @throws ModelError, BackendError */
export async function openModel({
  model,
  name,
  backend,
  pageUrl,
}: OpenRequest): Promise<{ classifier: Classifier<WebSource>; answer: OpenedModel }> {
  const begin = performance.now();
  const bytes = new Uint8Array(await model.arrayBuffer());
  const threads = backend === "threads" && crossOriginIsolated ? countThreads() : 1;
  const classifier = await createClassifier(
    { name, bytes },
    {
      executionProviders: [nameProvider(backend)],
      threads,
      graphOptimizationLevel: backend === "webgpu" ? "all" : chooseWasmOptimisation(bytes, name),
      ...describeOrtSource(pageUrl),
    },
  );
  const loaded = performance.now();
  await classifier.classify(makeTestWindow(classifier.info));
  const classified = performance.now();
  const answer = {
    info: classifier.info,
    layers: listLayers(bytes),
    fileBytes: bytes.length,
    backend: classifier.backend,
    threads,
    loadMs: loaded - begin,
    firstMs: classified - loaded,
  };
  return { classifier, answer };
}

/**
 * On WASM the first answer comes a tenth sooner without; the few milliseconds that each window then takes more are not
 * visible. A backbone's 8-bit weights would be made floats in each window: a fifth of a second.
 * @throws ModelError
 */
export function chooseWasmOptimisation(bytes: Uint8Array, name: string): "all" | "disabled" {
  return readModel(bytes, name).backbone === undefined ? "disabled" : "all";
}

function nameProvider(backend: BackendName): "webgpu" | "wasm" {
  return backend === "webgpu" ? "webgpu" : "wasm";
}
