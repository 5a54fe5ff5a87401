import type { WebClassifierOptions } from "../../runtime/web.ts";

/** The names that build/ort-files.ts gives the builds, by execution provider. */
const builds: Readonly<Record<string, string>> = {
  wasm: "ort-wasm-simd-threaded",
  webgpu: "ort-wasm-simd-threaded.asyncify",
};

/** ONNX Runtime's WebAssembly for a provider, packed. @param pageUrl `document.baseURI`, which workers are told */
export async function fetchBuild(provider: string, pageUrl: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(`${builds[provider] ?? provider}.wasm.gz`, nameFolder(pageUrl)));
  if (!response.ok)
    throw new Error(`${response.url}: expected ONNX Runtime, got HTTP status ${response.status}`);
  return response.arrayBuffer(); // Chromium fails to make a Blob of a preloaded answer
}

/**
 * Where `createClassifier` finds ONNX Runtime's files.
 * @param fetched the build that was fetched already, if any
 */
export function describeOrtSource(
  pageUrl: string,
  fetched?: ArrayBuffer,
): Required<Pick<WebClassifierOptions, "wasmFolder" | "loadWasm">> {
  return {
    wasmFolder: nameFolder(pageUrl).href,
    loadWasm: (provider) => {
      const loading =
        unpacked.get(provider) ?? Promise.resolve(fetched ?? fetchBuild(provider, pageUrl)).then(unpack);
      unpacked.set(provider, loading);
      return loading;
    },
  };
}

/** By execution provider; a worker asks before it has the model, and again with it. */
const unpacked = new Map<string, Promise<Uint8Array>>();

function nameFolder(pageUrl: string): URL {
  return new URL("ort/", pageUrl);
}

/** Some hosts declare `.gz` files as compressed, so that the browser has unpacked them already. */
async function unpack(content: ArrayBuffer): Promise<Uint8Array> {
  const bytes = new Uint8Array(content);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isPacked) return bytes;
  const plain = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}
