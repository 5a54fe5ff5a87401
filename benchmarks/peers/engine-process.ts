import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as z from "zod";

/** A competitor in a process of its own. */
export interface Engine {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Largest difference of its log-mel to Meyda's, where it claims the same numbers. */
  readonly largestDifference: number | undefined;
  /** @returns the milliseconds of each run of one round */
  runRound(): Promise<number[]>;
  stop(): void;
}

const greetingSchema = z.object({
  versions: z.record(z.string(), z.string()),
  largestDifference: z.number().optional(),
});
const timesSchema = z.array(z.number()).min(1);
/** One thread in every library that would take more. */
const oneThread = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NUMBA_NUM_THREADS: "1",
};

/**
 * Starts a program that prints a greeting (versions) as a line of JSON and then answers each line it reads with a
 * line of times. @throws Error when it ends or says something else
 */
export async function startEngine(name: string, [program = "", ...args]: readonly string[]): Promise<Engine> {
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...oneThread },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name}: the program ended`);
    return JSON.parse(line.value);
  };
  const greeting = greetingSchema.parse(await readLine());
  return {
    name,
    versions: greeting.versions,
    largestDifference: greeting.largestDifference,
    async runRound() {
      child.stdin.write("round\n");
      return timesSchema.parse(await readLine());
    },
    stop() {
      child.stdin.end();
    },
  };
}
