import { Worker } from "node:worker_threads";
import type { DecodeQuestion, DecodeReply, Numbered } from "./decode-messages.ts";
import { AudioError, DisposedError, SourceError } from "../errors.ts";

/** A thread that cannot start, as in a program bundled into one file, or that died. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
}

/** Told of what was skipped in a file. */
type NoteTaker = ((note: string) => void) | undefined;

interface Waiting {
  readonly onNote: NoteTaker;
  readonly resolve: (samples: Float32Array | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** One decoding thread. It does not keep the process alive while nothing is asked of it. */
class DecodeThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #end: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.unref();
    this.#worker.on("message", (reply: Numbered<DecodeReply>) => {
      this.#settle(reply);
    });
    this.#worker.on("error", (error) => {
      this.#fail(new ThreadError("decoding thread: expected it to run, got an error", { cause: error }));
    });
    this.#worker.on("exit", (code) => {
      this.#fail(new ThreadError(`decoding thread: expected it to run, got exit code ${code}`));
    });
  }

  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** Questions that it has not answered. */
  get load(): number {
    return this.#waiting.size;
  }

  ask(question: DecodeQuestion, onNote?: NoteTaker): Promise<Float32Array | undefined> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject, onNote });
      this.#worker.ref();
      this.#worker.postMessage({ ...question, id });
    });
  }

  async dispose(): Promise<void> {
    this.#fail(new DisposedError("classifier"));
    this.#worker.ref(); // else the process may end before the caller knows of it
    await this.#worker.terminate();
  }

  #settle({ id, ...reply }: Numbered<DecodeReply>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return; // the thread is being ended
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    for (const note of reply.notes) waiting.onNote?.(note);
    if ("refusal" in reply) waiting.reject(rebuildError(reply.refusal));
    else waiting.resolve(reply.samples);
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Decoding threads, started as they are needed. */
export class DecodeThreads {
  readonly #most: number;
  #threads: DecodeThread[] = [];
  #nextRecording = 0;
  #isDisposed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ThreadError when there is none that works, AudioError, SourceError */
  async decodeClip(question: DecodeQuestion & { kind: "clip" }, onNote: NoteTaker): Promise<Float32Array> {
    const samples = await this.#pick().ask(question, onNote);
    if (samples === undefined) throw new ThreadError("decoding thread: expected samples, got none");
    return samples;
  }

  /** A recording's blocks; `next` may be called ahead, and gives undefined after the last. */
  openRecording(path: string, sampleRateHz: number, onNote: NoteTaker) {
    const thread = this.#pick();
    const recording = this.#nextRecording++;
    return {
      next: () => thread.ask({ kind: "block", recording, path, sampleRateHz }, onNote),
      close: () => thread.ask({ kind: "close", recording }),
    };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(this.#threads.map((thread) => thread.dispose()));
  }

  /** A new thread while all others are at work, then the one with the least to do. */
  #pick(): DecodeThread {
    if (this.#isDisposed) throw new DisposedError("classifier");
    this.#threads = this.#threads.filter(({ isAlive }) => isAlive);
    const [first, ...others] = this.#threads;
    if (
      first === undefined ||
      (this.#threads.length < this.#most && this.#threads.every(({ load }) => load > 0))
    )
      return this.#start();
    return others.reduce((best, thread) => (thread.load < best.load ? thread : best), first);
  }

  #start(): DecodeThread {
    const thread = new DecodeThread();
    this.#threads.push(thread);
    return thread;
  }
}

function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./decode-worker.js", import.meta.url));
  // From source: a worker knows TypeScript only when told, and Node 20 not yet in the file that it starts with.
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const entry = JSON.stringify(new URL("./decode-worker.ts", import.meta.url).href);
  return new Worker(`import(${tsx}).then(({ register }) => { register(); return import(${entry}); })`, {
    eval: true,
  });
}

function rebuildError({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === "AudioError") return new AudioError(message);
  if (name === "SourceError") return new SourceError(message);
  return new Error(message);
}
