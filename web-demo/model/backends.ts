/** Where the model computes. */
export const backendNames = ["threads", "single", "webgpu"] as const;
export type BackendName = (typeof backendNames)[number];

export const backendTitles: Readonly<Record<BackendName, string>> = {
  threads: "WASM, threads",
  single: "WASM, one thread",
  webgpu: "WebGPU",
};

/** Why a backend cannot run in this browser; nothing for those that can. */
export async function findObstacles(): Promise<Partial<Record<BackendName, string>>> {
  const threads = crossOriginIsolated
    ? undefined
    : "Needs shared memory: this page's host sends no COOP and COEP headers. Reloading may help, for the page then adds them itself.";
  const webgpu = await findWebGpuObstacle();
  return { ...(threads && { threads }), ...(webgpu && { webgpu }) };
}

/** A network of this size gains nothing from more than four. */
export function countThreads(): number {
  return Math.min(4, navigator.hardwareConcurrency);
}

async function findWebGpuObstacle(): Promise<string | undefined> {
  if (!("gpu" in navigator)) return "This browser has no WebGPU.";
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  return adapter === null ? "This browser has WebGPU, but no graphics card for it." : undefined;
}
