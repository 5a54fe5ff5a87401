import { BufferPool } from "./buffers.ts";
import { Entry } from "./entry.ts";
import type { Executor, Job } from "./executor.ts";
import { type KernelRequest, Recording } from "./recording.ts";

/** Collects kernels, decides when they run, and gives memory back as soon as neither the program nor a run needs it. */
export class Recorder {
  readonly #executor: Executor;
  readonly #pool: BufferPool;
  readonly #longestRecording: number;
  #recording = new Recording();
  /** Recordings whose leaves must stay: the one in the making and those on their way. */
  readonly #active = new Set([this.#recording.id]);
  /** Told about each recording that runs; `compileStep` listens. */
  onJob: ((job: Job) => void) | undefined;

  constructor(executor: Executor, pool: BufferPool, longestRecording: number) {
    this.#executor = executor;
    this.#pool = pool;
    this.#longestRecording = longestRecording;
  }

  get pendingKernels(): number {
    return this.#recording.nodes.length;
  }

  /** The data that the pending kernels start from, in order of first use. */
  get leaves(): readonly Entry[] {
    return this.#recording.leaves;
  }

  /** @returns what the kernel will fill, one entry for each output */
  record(request: KernelRequest): Entry[] {
    const { nodes } = this.#recording;
    const excess = nodes.length / this.#longestRecording;
    if (excess >= 1 && (excess >= 8 || nodes[0]?.kernelName === request.kernelName)) this.flush();
    return this.#recording.record(request);
  }

  /** Starts what is pending and wanted. Failures show when the data is read. */
  flush(): void {
    const recording = this.#recording;
    if (recording.nodes.length === 0) return;
    this.#startAnew();
    const job = { recording, ...recording.close() };
    if (job.wanted.length === 0) {
      this.#release(job);
      return;
    }
    this.onJob?.(job);
    this.#start(job);
  }

  /** Runs a job again on other data, nothing pending. @returns what it fills, one entry for each wanted one */
  replay(job: Job, leaves: readonly Entry[]): Entry[] {
    const recording = job.recording.repeat(leaves);
    this.#active.add(recording.id);
    const wanted = job.wanted.map((old) => ({ ...old, entry: new Entry(old.entry.dtype, old.entry.shape) }));
    this.#start({ ...job, recording, wanted });
    return wanted.map(({ entry }) => entry);
  }

  /** Forgets what is pending. */
  dropPending(): void {
    const recording = this.#recording;
    this.#startAnew();
    this.#release({ recording, ...recording.close() });
  }

  releaseIfUnused(entry: Entry): void {
    if (entry.references > 0 || this.#active.has(entry.usedBy)) return;
    const { elements } = entry;
    entry.elements = undefined;
    if (elements !== undefined) this.#pool.give(entry.dtype, elements);
  }

  #startAnew(): void {
    this.#recording = new Recording();
    this.#active.add(this.#recording.id);
  }

  #start(job: Job): void {
    this.#executor.execute(job, () => {
      this.#release(job);
    });
  }

  #release({ recording, wanted }: Job): void {
    this.#active.delete(recording.id);
    for (const entry of recording.leaves) this.releaseIfUnused(entry);
    for (const { entry } of wanted) this.releaseIfUnused(entry);
  }
}
