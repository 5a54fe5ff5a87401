/** The part of an AbortSignal that is used, so that rooms compile without Node's and the DOM's types. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** @throws the signal's reason, once it is aborted */
export function throwIfAborted(signal: StopSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason;
}

/** Longest time that a loop computes before timers, messages and requests have their turn. */
const maxBusyMs = 30;

/**
 * What a long loop awaits in every round: it lets other events run now and then, so that a signal can be aborted at
 * all and a server stays alive, and throws the signal's reason once it is.
 *
 *     const pause = createPause(signal);
 *     for (const block of blocks) { work(block); await pause(); }
 */
export function createPause(signal: StopSignal | undefined): () => Promise<void> {
  let resumedMs = Date.now();
  return async () => {
    throwIfAborted(signal);
    if (Date.now() - resumedMs < maxBusyMs) return;
    await runOtherEvents();
    resumedMs = Date.now();
    throwIfAborted(signal);
  };
}

/** Either exists wherever this runs; `setTimeout` would wait for a second in a page that is hidden. */
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare const MessageChannel: new () => {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
};

function runOtherEvents(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
