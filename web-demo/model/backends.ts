/** Where the model computes. */
export const backendNames = ["threads", "single", "webgpu"] as const;
export type BackendName = (typeof backendNames)[number];

export const backendTitles: Readonly<Record<BackendName, string>> = {
  threads: "WASM, threads",
  single: "WASM, one thread",
  webgpu: "WebGPU",
};

/** Why threads cannot run in this page; undefined where they can. */
export function findThreadsObstacle(): string | undefined {
  if (crossOriginIsolated) return undefined;
  return "Needs shared memory: this page's host sends no COOP and COEP headers. Reloading may help, for the page then adds them itself.";
}

/** Why WebGPU cannot run in this browser. To ask starts the graphics card, which holds up all else for a while. */
export async function findWebGpuObstacle(): Promise<string | undefined> {
  if (!("gpu" in navigator)) return "This browser has no WebGPU.";
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  return adapter === null ? "This browser has WebGPU, but no graphics card for it." : undefined;
}

/** A network of this size gains nothing from more than four. */
export function countThreads(): number {
  return Math.min(4, navigator.hardwareConcurrency);
}
