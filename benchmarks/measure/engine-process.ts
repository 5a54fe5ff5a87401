import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { Contestant } from "./contestant.ts";

/** A contestant that runs. */
export interface Engine {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What it says about its answer, e.g. how far it is from another's. */
  readonly note: string | undefined;
  /** @returns the figures of one round by unit, e.g. `{ ms: [1.2, 1.3] }` */
  runRound(): Promise<Figures>;
  stop(): void;
}

export type Figures = Readonly<Record<string, readonly number[]>>;

const greetingSchema = z.object({ versions: z.record(z.string(), z.string()), note: z.string().optional() });
const timesSchema = z.array(z.number()).min(1);
const figuresSchema = z.union([timesSchema.transform((ms) => ({ ms })), z.record(z.string(), timesSchema)]);

/**
 * Starts a program that prints a greeting (its versions) as one line of JSON and then answers each line it reads with
 * one line of figures. @throws Error with the last lines it wrote to standard error when it ends or says something else
 */
export async function startEngine(
  { name, program, args, settings }: Contestant,
  { threads, profileFolder }: { readonly threads: number; readonly profileFolder: string | undefined },
): Promise<Engine> {
  const profiling = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(program, [...profiling, ...args, JSON.stringify({ threads, ...settings })], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...limitThreads(threads) },
  });
  let complaints = "";
  child.on("error", (error) => (complaints += error.message)); // e.g. no such program
  child.stdin.on("error", () => undefined); // it ended, which its standard output shows
  child.stderr.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name}: the program ended: ${summarise(complaints)}`);
    return JSON.parse(line.value);
  };
  const { versions, note } = greetingSchema.parse(await readLine());
  return {
    name,
    versions,
    note,
    async runRound() {
      child.stdin.write("round\n");
      return figuresSchema.parse(await readLine());
    },
    stop() {
      child.stdin.end(); // it ends by itself, which a profile needs
    },
  };
}

/** For libraries that take their number of threads from the environment. */
function limitThreads(threads: number): Record<string, string> {
  const names = ["OMP", "OPENBLAS", "MKL", "NUMBA"];
  return {
    ...Object.fromEntries(names.map((name) => [`${name}_NUM_THREADS`, String(threads)])),
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_CPP_MIN_LOG_LEVEL: "2",
  };
}

/** The line that names the error: a stack's first with "Error", else the last. */
function summarise(complaints: string): string {
  const lines = complaints.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "without a word";
}
