import type { WorkerSlot } from "./worker-pool.ts";

/** A worker that does not answer an abort is stuck in a decoder. */
const stuckMs = 2000;

/**
 * Passes a request's abort on to its worker, which is ended when it does not react.
 * @returns `now` aborts without the signal, `clear` says that the worker has answered
 */
export function watchAbort(signal: AbortSignal, { process }: WorkerSlot, id: number) {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const now = (): void => {
    if (isOver) return;
    process.send({ kind: "abort", id });
    timer ??= setTimeout(() => {
      process.kill("stuck", `no answer ${stuckMs} ms after the request was given up`);
    }, stuckMs);
  };
  signal.addEventListener("abort", now, { once: true });
  if (signal.aborted) now();
  return {
    now,
    clear(): void {
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", now);
    },
  };
}
