import type { WebClassifierOptions } from "../../runtime/web.ts";
import { readWithProgress } from "./read-with-progress.ts";

/** The names that build/ort-files.ts gives the builds, by execution provider. */
const builds: Readonly<Record<string, string>> = {
  wasm: "ort-wasm-simd-threaded",
  webgpu: "ort-wasm-simd-threaded.asyncify",
};

type ReportLoad = (progress: { loadedBytes: number; totalBytes: number | undefined }) => void;

/**
 * Where `createClassifier` finds ONNX Runtime's files.
 * @param pageUrl `document.baseURI`, which workers are told @param onProgress called while they are fetched
 */
export function describeOrtSource(
  pageUrl: string,
  onProgress: ReportLoad = () => undefined,
): Required<Pick<WebClassifierOptions, "wasmFolder" | "loadWasm">> {
  const folder = new URL("ort/", pageUrl);
  return {
    wasmFolder: folder.href,
    loadWasm: (provider) => {
      const loading = loaded.get(provider) ?? loadBuild(builds[provider] ?? provider, folder, onProgress);
      loaded.set(provider, loading);
      return loading;
    },
  };
}

/** By execution provider; a worker asks before it has the model, and again with it. */
const loaded = new Map<string, Promise<Uint8Array>>();

async function loadBuild(build: string, folder: URL, onProgress: ReportLoad): Promise<Uint8Array> {
  const response = await fetch(new URL(`${build}.wasm.gz`, folder));
  if (!response.ok)
    throw new Error(`${response.url}: expected ONNX Runtime, got HTTP status ${response.status}`);
  const report = (loadedBytes: number, totalBytes: number | undefined): void => {
    onProgress({ loadedBytes, totalBytes });
  };
  return unpack(await readWithProgress(response, report));
}

/** Some hosts declare `.gz` files as compressed, so that the browser has unpacked them already. */
async function unpack(content: Blob): Promise<Uint8Array> {
  const [first, second] = new Uint8Array(await content.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const stream = content.stream();
  const plain = isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
  return new Uint8Array(await new Response(plain).arrayBuffer());
}
