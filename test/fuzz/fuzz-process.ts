import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { WorkerReport } from "./fuzz-worker.ts";
import { findTarget } from "./targets.ts";

interface Finding {
  readonly index: number;
  readonly problem: string;
}

export interface FuzzReport {
  readonly name: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly findings: readonly Finding[];
}

interface FuzzLimits {
  readonly seed: number;
  readonly firstIndex: number;
  readonly forMs: number;
}

/** Findings of one kind that are kept. */
const maxAlike = 3;
/** A child that has not begun by then has failed. */
const startMs = 120_000;

/** Wall time that an input may take, in units of its limit, though it uses little of the processor's: else it hangs. */
const maxSlowdown = 10;
/** Unit of the times in /proc, `sysconf(_SC_CLK_TCK)`: 100 a second on every Linux of today. */
const tickMs = 10;

/** Runs a target's inputs in child processes, a new one after each hang, crash and excess of memory. */
export async function fuzzTarget(name: string, { seed, firstIndex, forMs }: FuzzLimits): Promise<FuzzReport> {
  const limits = await findTarget(name)((target) =>
    Promise.resolve({ maxMs: target.maxMs, maxMegabytes: target.maxMegabytes }),
  );
  const endMs = Date.now() + forMs;
  const tally = new Tally(name);
  for (let index = firstIndex; Date.now() < endMs;) {
    index = await runChild(startChild(name, seed, index), { ...limits, endMs }, tally, index);
  }
  return tally.report();
}

class Tally {
  readonly #name: string;
  readonly #findings: Finding[] = [];
  readonly #alike = new Map<string, number>();
  #counts = { inputs: 0, accepted: 0, refused: 0, slowestMs: 0 };

  constructor(name: string) {
    this.#name = name;
  }

  add(kind: "accepted" | "refused" | "fault", tookMs: number): void {
    this.#counts.inputs++;
    if (kind !== "fault") this.#counts[kind]++;
    this.#counts.slowestMs = Math.max(this.#counts.slowestMs, tookMs);
  }

  addFinding(finding: Finding): void {
    const kind = finding.problem.replaceAll(/\d+/g, "n");
    const count = (this.#alike.get(kind) ?? 0) + 1; // the first of its kind has no count yet
    this.#alike.set(kind, count);
    if (count <= maxAlike) this.#findings.push(finding);
  }

  report(): FuzzReport {
    return { name: this.#name, ...this.#counts, findings: this.#findings };
  }
}

function startChild(name: string, seed: number, firstIndex: number): ChildProcess {
  return fork(
    path.join(import.meta.dirname, "fuzz-worker.ts"),
    [name, String(seed), String(firstIndex)],
    // What decoders print of damaged files is not for this terminal.
    {
      execArgv: ["--import", "tsx", "--max-old-space-size=1024"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    },
  );
}

/** Processor time of a running process, of all its threads (proc_pid_stat(5)). @returns undefined where /proc is not */
function measureProcessorMs({ pid }: ChildProcess): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in brackets, and may hold blanks; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return tickMs * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

/** @returns the index after the last input that was run */
function runChild(
  child: ChildProcess,
  { maxMs, maxMegabytes, endMs }: { maxMs: number; maxMegabytes: number; endMs: number },
  tally: Tally,
  firstIndex: number,
): Promise<number> {
  return new Promise((resolve) => {
    let next = firstIndex;
    let begunMs: number | undefined;
    let waiting = setTimeout(stop, startMs, "expected to start, did not");
    /** Ends the child; a problem is a finding of the input under way. */
    function stop(problem?: string): void {
      clearTimeout(waiting);
      child.removeAllListeners();
      child.kill("SIGKILL");
      if (problem !== undefined) {
        tally.addFinding({ index: next, problem });
        next++;
      }
      resolve(next);
    }
    /** The limit is on the processor's time where it can be read: on a busy machine an input waits for its turn. */
    function waitForEnd(forMs: number, begunProcessorMs: number | undefined): void {
      waiting = setTimeout(() => {
        const usedMs = (measureProcessorMs(child) ?? Infinity) - (begunProcessorMs ?? 0);
        const waitedMs = Date.now() - (begunMs ?? 0);
        if (usedMs >= maxMs || waitedMs >= maxSlowdown * maxMs) stop(`took longer than ${maxMs} ms`);
        else waitForEnd(maxMs - usedMs, begunProcessorMs);
      }, forMs);
    }
    child.on("message", (report: WorkerReport) => {
      if (report.kind === "begin") {
        next = report.index;
        begunMs = Date.now();
        clearTimeout(waiting);
        waitForEnd(maxMs, measureProcessorMs(child));
        return;
      }
      const { index, outcome, megabytes } = report;
      next = index + 1;
      tally.add(outcome.kind, begunMs === undefined ? 0 : Date.now() - begunMs);
      if (outcome.kind === "fault") tally.addFinding({ index, problem: outcome.problem });
      if (megabytes > maxMegabytes) {
        next = index;
        stop(`left the process with more than ${maxMegabytes} MB`);
      } else if (Date.now() >= endMs) stop();
    });
    child.on("error", (error) => {
      stop(`could not run: ${error.message}`);
    });
    child.on("exit", (code, signal) => {
      stop(`ended the process with ${signal ?? `exit code ${code}`}`);
    });
  });
}
