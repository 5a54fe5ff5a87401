import { setTimeout as sleep } from "node:timers/promises";
import { RequestError } from "../request-error.ts";
import type { ChannelWork, ClipAnswer, ClipWork, Engine, ServedModel, SoundChannel } from "./engine.ts";
import { type ModelFile, ModelRegistry, type ReloadReport } from "./model-registry.ts";
import { openPoolChannel } from "./pool-channel.ts";
import { watchAbort } from "./watch-abort.ts";
import { type PoolSettings, WorkerPool, type WorkerSlot } from "./worker-pool.ts";
import { type WorkerEnd, WorkerLostError } from "./worker-process.ts";

export interface PoolEngineOptions extends PoolSettings {
  readonly models: readonly ModelFile[];
  /** Clips that may wait for a worker; more are refused with 503. */
  readonly maxQueue: number;
  /** Clips in a worker at a time: one computes, the next waits beside it. More where runs take several windows. */
  readonly clipsPerWorker: number;
  /** Sounds in parts (uploads of `/v1/events`, live streams) in all workers. */
  readonly maxChannels: number;
  readonly onWorkerEnd: (end: WorkerEnd) => void;
  readonly onReload: (report: ReloadReport) => void;
}

/** What an engine has to do at the moment: for metrics. */
export interface EngineLoad {
  readonly queued: number;
  readonly running: number;
  readonly channels: number;
  readonly readyWorkers: number;
}

interface Job {
  readonly model: string | undefined;
  readonly work: ClipWork;
  readonly signal: AbortSignal;
  readonly resolve: (answer: ClipAnswer) => void;
  readonly reject: (error: unknown) => void;
  lostWorkers: number;
}

/** Long sounds that give others their place in a worker; a further one keeps it. */
const maxLongPerWorker = 2;
const maxLostWorkers = 2;
const maxRetrySeconds = 30;
/** How long a stream waits for a worker where all are being replaced. */
const maxStartMs = 10_000;
const startPollMs = 50;

/** An Engine over worker processes: a bounded queue, the least busy worker first, and a second try where one ends. */
export class PoolEngine implements Engine {
  readonly #options: PoolEngineOptions;
  readonly #pool: WorkerPool;
  readonly #registry: ModelRegistry;
  readonly #queue: Job[] = [];
  #running = 0;
  #meanMs = 100;
  #isStopping = false;
  #onIdle = ignore;

  private constructor(options: PoolEngineOptions) {
    this.#options = options;
    this.#pool = new WorkerPool(options, {
      listModels: () => this.#registry.actives(),
      onReady: () => {
        this.#dispatch();
      },
      onEnd: options.onWorkerEnd,
    });
    this.#registry = new ModelRegistry(this.#pool, options.onReload);
  }

  /** @throws ModelError, BackendError, or an error of the file system, when a model cannot be opened */
  static async start(options: PoolEngineOptions): Promise<PoolEngine> {
    const engine = new PoolEngine(options);
    try {
      await engine.#registry.start(options.models);
      engine.#pool.start();
    } catch (error) {
      await engine.#pool.stop();
      throw error;
    }
    return engine;
  }

  models(): readonly ServedModel[] {
    return this.#registry.list();
  }

  isReady(): boolean {
    return !this.#isStopping && this.#pool.slots.some(({ isReady }) => isReady);
  }

  load(): EngineLoad {
    const { slots } = this.#pool;
    return {
      queued: this.#queue.length,
      running: this.#running,
      channels: slots.reduce((sum, { channels }) => sum + channels, 0),
      readyWorkers: slots.filter(({ isReady }) => isReady).length,
    };
  }

  async classify(model: string | undefined, work: ClipWork, signal: AbortSignal): Promise<ClipAnswer> {
    this.#refuseWhenStopping();
    signal.throwIfAborted();
    this.#registry.find(model);
    if (this.#queue.length >= this.#options.maxQueue) throw this.#refuseBusy();
    let leave: () => void = ignore;
    const answered = new Promise<ClipAnswer>((resolve, reject) => {
      const job: Job = { model, work, signal, resolve, reject, lostWorkers: 0 };
      leave = () => {
        const place = this.#queue.indexOf(job);
        if (place !== -1) this.#queue.splice(place, 1);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's reason, as it is
        reject(signal.reason);
      };
      this.#queue.push(job);
    });
    signal.addEventListener("abort", leave);
    this.#dispatch();
    try {
      return await answered;
    } finally {
      // A joined signal that still has a listener is never collected, and the listener keeps the sound.
      signal.removeEventListener("abort", leave);
    }
  }

  async openChannel(
    model: string | undefined,
    work: ChannelWork,
    signal: AbortSignal,
  ): Promise<SoundChannel> {
    this.#refuseWhenStopping();
    signal.throwIfAborted();
    const { model: name, version } = this.#registry.find(model);
    if (this.load().channels >= this.#options.maxChannels) throw this.#refuseBusy();
    for (let waitedMs = 0; waitedMs < maxStartMs; waitedMs += startPollMs) {
      const ready = this.#pool.slots.filter(({ isReady, process }) => isReady && process.isAlive);
      const [slot] = ready.sort((one, other) => one.channels - other.channels);
      if (slot !== undefined)
        return openPoolChannel(slot, {
          model: name,
          version,
          work,
          signal,
          onClose: () => {
            this.#dispatch();
          },
        });
      await sleep(startPollMs, undefined, { signal }); // all are being replaced
    }
    throw this.#refuseBusy();
  }

  async dispose(): Promise<void> {
    this.#isStopping = true;
    this.#registry.stop();
    if (this.#isBusy())
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    await this.#pool.stop();
  }

  #isBusy(): boolean {
    return this.#queue.length > 0 || this.#running > 0 || this.load().channels > 0;
  }

  #refuseWhenStopping(): void {
    if (this.#isStopping)
      throw new RequestError("stopping", "server: expected it to run, found that it is stopping");
  }

  #refuseBusy(): RequestError {
    const places = this.#options.workers * this.#options.clipsPerWorker;
    const waitSeconds = (this.#queue.length * this.#meanMs) / places / 1000;
    const retryAfterSeconds = Math.min(maxRetrySeconds, Math.max(1, Math.ceil(waitSeconds)));
    return new RequestError("busy", "server: expected fewer requests at a time; try again later", {
      retryAfterSeconds,
    });
  }

  #dispatch(): void {
    for (;;) {
      const slot = this.#pickSlot();
      if (slot === undefined) break;
      const job = this.#queue.shift();
      if (job === undefined) break;
      void this.#run(job, slot);
    }
    if (this.#isStopping && !this.#isBusy()) this.#onIdle();
  }

  #pickSlot(): WorkerSlot | undefined {
    const free = this.#pool.slots.filter(
      ({ isReady, process, short }) => isReady && process.isAlive && short < this.#options.clipsPerWorker,
    );
    const weigh = ({ short, long, channels }: WorkerSlot): number => short + long + channels / 4;
    return free.sort((one, other) => weigh(one) - weigh(other))[0];
  }

  async #run(job: Job, slot: WorkerSlot): Promise<void> {
    const { process } = slot;
    const { model, version } = this.#registry.find(job.model);
    const started = performance.now();
    let place: "short" | "long" = "short";
    slot.short += 1;
    this.#running += 1;
    const { id, last } = process.ask(
      (number) => ({ kind: "classify", id: number, model, version, work: job.work }),
      ({ kind }) => kind === "answered",
      ({ kind }) => {
        if (kind !== "long" || slot.long >= maxLongPerWorker) return;
        place = "long";
        slot.short -= 1;
        slot.long += 1;
        this.#dispatch();
      },
    );
    const abort = watchAbort(job.signal, slot, id);
    try {
      const message = await last;
      if (message.kind === "answered") job.resolve(message.answer);
      this.#meanMs += 0.1 * (performance.now() - started - this.#meanMs);
    } catch (error) {
      this.#fail(job, error, slot);
    } finally {
      abort.clear();
      slot[place] -= 1;
      this.#running -= 1;
      this.#dispatch();
    }
  }

  /** A clip whose worker ended is given to another once, unless it was alone in a worker that took too much memory. */
  #fail(job: Job, error: unknown, slot: WorkerSlot): void {
    if (!(error instanceof WorkerLostError)) {
      job.reject(error);
      return;
    }
    job.lostWorkers += 1;
    const isAlone = slot.short + slot.long === 1;
    if (error.end.reason === "memory" && (isAlone || job.lostWorkers >= maxLostWorkers))
      job.reject(
        new RequestError("too-long", "sound: expected one that is decoded in the memory of a worker"),
      );
    else if (job.lostWorkers >= maxLostWorkers)
      job.reject(
        new RequestError("worker-lost", "server: expected an answer, found that its worker ended twice"),
      );
    else if (!job.signal.aborted) this.#queue.unshift(job);
  }
}

function ignore(): void {
  // Deliberately empty.
}
