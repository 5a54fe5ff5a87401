import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { RequestError } from "../request-error.ts";
import { type FromWorker, fromWorkerSchema, type ToWorker, type WorkerSettings } from "./messages.ts";

/** What became of a worker. */
export interface WorkerEnd {
  readonly reason: "stopped" | "crashed" | "stuck" | "memory";
  readonly detail: string;
}

/** A worker ended before it had answered; the work can be given to another. */
export class WorkerLostError extends Error {
  override readonly name = "WorkerLostError";
  readonly end: WorkerEnd;

  constructor(end: WorkerEnd) {
    super(`worker: expected an answer, found that the process ended (${end.reason}: ${end.detail})`);
    this.end = end;
  }
}

type Listener = (message: FromWorker) => void;

interface Exchange {
  readonly listen: Listener;
  readonly fail: (error: unknown) => void;
}

/** Linux: size of a page in /proc/<pid>/statm. */
const pageBytes = 4096;

/** One worker process, as the server sees it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exchanges = new Map<number, Exchange>();
  #nextId = 0;
  #end: WorkerEnd | undefined;
  /** Settles when the process has ended. */
  readonly ended: Promise<WorkerEnd>;

  constructor(settings: WorkerSettings) {
    const isSource = import.meta.url.endsWith(".ts");
    this.#child = fork(
      new URL(isSource ? "./worker.ts" : "./worker.js", import.meta.url),
      [JSON.stringify(settings)],
      {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        execArgv: isSource ? ["--import", import.meta.resolve("tsx")] : [],
      },
    );
    this.#child.on("message", (content) => {
      this.#receive(fromWorkerSchema.parse(content));
    });
    this.ended = this.#waitForEnd();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isAlive(): boolean {
    return (
      this.#end === undefined &&
      this.#child.connected &&
      this.#child.exitCode === null &&
      this.#child.signalCode === null
    );
  }

  /**
   * Sends a request and passes on what the worker says about it, until `isLast` holds.
   * @returns the last message @throws RequestError as the worker refused, WorkerLostError, Error for a bug in the worker
   */
  ask(
    makeMessage: (id: number) => ToWorker,
    isLast: (message: FromWorker) => boolean,
    onMessage: Listener = ignore,
  ): { readonly id: number; readonly last: Promise<FromWorker> } {
    const id = this.#nextId++;
    const last = new Promise<FromWorker>((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#exchanges.delete(id);
        act();
      };
      const fail = (error: unknown): void => {
        settle(() => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      };
      if (this.#end !== undefined) {
        reject(new WorkerLostError(this.#end));
        return;
      }
      const listen: Listener = (message) => {
        if (message.kind === "failed") fail(rebuildError(message));
        else if (isLast(message))
          settle(() => {
            resolve(message);
          });
        else onMessage(message);
      };
      this.#exchanges.set(id, { listen, fail });
      this.send(makeMessage(id));
    });
    return { id, last };
  }

  send(message: ToWorker): void {
    if (!this.isAlive || !this.#child.connected) return; // whoever waits for an answer gets the end
    this.#child.send(message, ignore);
  }

  /** Ends the process at once, whatever it is doing. */
  kill(reason: WorkerEnd["reason"], detail: string): void {
    this.#end ??= { reason, detail };
    this.#child.kill("SIGKILL");
  }

  /** Lets the process end its work and exit. */
  stop(): void {
    this.#end ??= { reason: "stopped", detail: "the server asked it to" };
    if (this.#child.connected) this.#child.send({ kind: "stop" } satisfies ToWorker, ignore);
  }

  /** Resident memory in bytes; undefined where the system does not say it at /proc, which is memory and not a disk. */
  readMemory(): number | undefined {
    try {
      const text = readFileSync(`/proc/${String(this.pid)}/statm`, "latin1");
      return Number(text.split(" ")[1]) * pageBytes;
    } catch {
      return undefined; // not Linux, or the process has just ended
    }
  }

  #receive(message: FromWorker): void {
    this.#exchanges.get(message.id)?.listen(message);
  }

  async #waitForEnd(): Promise<WorkerEnd> {
    const [code, signal]: unknown[] = await Promise.race([
      once(this.#child, "exit"),
      once(this.#child, "error").then(([error]: unknown[]) => [String(error), null]),
    ]);
    this.#end ??= { reason: "crashed", detail: `exit code ${String(code)}, signal ${String(signal)}` };
    const error = new WorkerLostError(this.#end);
    for (const { fail } of this.#exchanges.values()) fail(error);
    return this.#end;
  }
}

function rebuildError({ code, message }: FromWorker & { kind: "failed" }): Error {
  return code === undefined ? new Error(message) : new RequestError(code, message);
}

function ignore(): void {
  // Deliberately empty.
}
