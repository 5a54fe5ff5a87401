import { setTimeout as sleep } from "node:timers/promises";
import type { ModelVersion } from "./engine.ts";
import type { WorkerSettings } from "./messages.ts";
import type { ActiveModel } from "./model-registry.ts";
import { type WorkerEnd, WorkerProcess } from "./worker-process.ts";

export interface PoolSettings extends WorkerSettings {
  readonly workers: number;
  /** Resident memory from which a worker is ended. */
  readonly workerMemoryBytes: number;
}

/** One place in the pool: a worker, and after its end the next. */
export interface WorkerSlot {
  process: WorkerProcess;
  isReady: boolean;
  /** Clips under way, sounds that turned out long, and streams. */
  short: number;
  long: number;
  channels: number;
}

const memoryPollMs = 250;
/** A worker that ends sooner after its start counts as failed, and the next waits longer. */
const healthyMs = 5000;
const maxRestartMs = 10_000;

/** Keeps a number of workers running with all active models in them. */
export class WorkerPool {
  readonly slots: WorkerSlot[];
  readonly #settings: PoolSettings;
  readonly #listModels: () => readonly ActiveModel[];
  readonly #onReady: () => void;
  readonly #onEnd: (end: WorkerEnd) => void;
  readonly #memoryTimer: NodeJS.Timeout;
  #isStopping = false;

  constructor(
    settings: PoolSettings,
    hooks: {
      readonly listModels: () => readonly ActiveModel[];
      readonly onReady: () => void;
      readonly onEnd: (end: WorkerEnd) => void;
    },
  ) {
    this.#settings = settings;
    this.#listModels = hooks.listModels;
    this.#onReady = hooks.onReady;
    this.#onEnd = hooks.onEnd;
    this.slots = Array.from({ length: settings.workers }, () => this.#createSlot());
    this.#memoryTimer = setInterval(() => {
      this.#checkMemory();
    }, memoryPollMs);
    this.#memoryTimer.unref();
  }

  /** Lets the workers load what is active, now and whenever one is replaced. */
  start(): void {
    for (const slot of this.slots) void this.#keepRunning(slot);
  }

  /** Opens a model in every worker that is alive. @returns the execution provider @throws as the first that fails */
  async load(id: ModelVersion, bytes: Uint8Array): Promise<string> {
    const alive = this.slots.filter(({ process }) => process.isAlive);
    const opened = await Promise.allSettled(alive.map(({ process }) => loadModel(process, id, bytes)));
    const failed = opened.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      this.unload(id);
      throw failed.reason;
    }
    const [first] = opened;
    if (first?.status !== "fulfilled") throw new Error("workers: expected one that runs, found none");
    return first.value;
  }

  unload({ model, version }: ModelVersion): void {
    for (const { process } of this.slots) process.send({ kind: "unload", model, version });
  }

  /** Ends the workers once they have finished what they do. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#memoryTimer);
    for (const { process } of this.slots) process.stop();
    await Promise.all(this.slots.map(({ process }) => process.ended));
  }

  #createSlot(): WorkerSlot {
    return { process: new WorkerProcess(this.#settings), isReady: false, short: 0, long: 0, channels: 0 };
  }

  /** From start to end of one worker after another. */
  async #keepRunning(slot: WorkerSlot): Promise<void> {
    let failures = 0;
    for (;;) {
      const started = performance.now();
      void this.#prepare(slot, slot.process);
      const end = await slot.process.ended;
      slot.isReady = false;
      if (this.#hasStopped()) return;
      this.#onEnd(end);
      failures = performance.now() - started < healthyMs ? failures + 1 : 0;
      if (failures > 1) await sleep(Math.min(maxRestartMs, 100 * 2 ** failures), undefined, { ref: false });
      if (this.#hasStopped()) return;
      slot.process = new WorkerProcess(this.#settings);
    }
  }

  /** Loads what is active, and again what has become active meanwhile. */
  async #prepare(slot: WorkerSlot, process: WorkerProcess): Promise<void> {
    const loaded = new Set<string>();
    try {
      for (;;) {
        const missing = this.#listModels().find(({ model, version }) => !loaded.has(`${model}@${version}`));
        if (missing === undefined) break;
        await loadModel(process, missing, missing.bytes);
        loaded.add(`${missing.model}@${missing.version}`);
      }
      slot.isReady = process.isAlive;
      this.#onReady();
    } catch (error) {
      process.kill("crashed", String(error));
    }
  }

  /** A method, because the state changes while a worker runs. */
  #hasStopped(): boolean {
    return this.#isStopping;
  }

  #checkMemory(): void {
    const { workerMemoryBytes } = this.#settings;
    for (const { process } of this.slots) {
      const bytes = process.readMemory();
      if (bytes !== undefined && bytes > workerMemoryBytes && process.isAlive)
        process.kill("memory", `${Math.round(bytes / 1e6)} MB`);
    }
  }
}

async function loadModel(process: WorkerProcess, id: ModelVersion, bytes: Uint8Array): Promise<string> {
  const { model, version } = id;
  const { last } = process.ask(
    (number) => ({ kind: "load", id: number, model, version, bytes }),
    ({ kind }) => kind === "loaded",
  );
  const answer = await last;
  if (answer.kind !== "loaded") throw new Error(`worker: expected a loaded model, got ${answer.kind}`);
  return answer.backend;
}
