/**
 * Keeps the whole page on the device, so that it works offline after the first visit. It also adds the headers that
 * let WASM use threads, for hosts that cannot: from the second visit on, the page is isolated everywhere.
 */

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface RequestEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** What the built page consists of; pipeline/page/write-site.ts puts its content in. */
interface FileList {
  /** Changes when any file does. */
  readonly version: string;
  /** Addresses relative to the page, the page itself as `./`. */
  readonly files: string[];
}

declare const __EARSHOT_FILES__: FileList;

declare const self: {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: RequestEvent) => void): void;
};

const { version, files } = __EARSHOT_FILES__;
const cacheName = `earshot ${version}`;
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOldCaches(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOurs = request.method === "GET" && request.url.startsWith(self.registration.scope);
  if (isOurs) event.respondWith(answer(request));
});

async function dropOldCaches(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("earshot ") && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** From the device; else from the host, and kept, as WebGPU's part of ONNX Runtime is once it was asked for. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request.url.replace(/index\.html$/, ""), { ignoreSearch: true });
  if (kept !== undefined) return isolate(kept);
  const fresh = await fetch(request);
  if (fresh.ok && fresh.status === 200) await cache.put(request, fresh.clone());
  return isolate(fresh);
}

function isolate(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
