import { Piscina } from "piscina";
import { UserError } from "../../common/user-error.ts";
import type { ClipExtractor } from "./clip-extractor.ts";
import type { ExtractionAnswer, ExtractionTask, ExtractorOptions } from "./extraction-worker.ts";

export type ExtractionPoolOptions = ExtractorOptions & {
  readonly threads: number;
  /** A thread that works on one file for longer is ended, and the file refused. */
  readonly timeoutSeconds: number;
};

/** Extracts files side by side, one in each thread; threads start with the first file. */
export function createExtractionPool({
  threads,
  timeoutSeconds,
  ...options
}: ExtractionPoolOptions): ClipExtractor {
  const gate = createGate(threads); // waiting for a thread is not the file's fault: its time starts behind the gate
  let pool: Piscina<ExtractionTask, ExtractionAnswer> | undefined;
  return {
    extract: (request) =>
      gate.pass(async () => {
        pool ??= startPool(threads);
        const signal = AbortSignal.timeout(1000 * timeoutSeconds);
        const answer = await pool.run({ options, request }, { signal }).catch((error: unknown) => {
          if (!signal.aborted) throw error;
          throw new UserError(
            `${request.name}: expected to be extracted within ${timeoutSeconds} s, got no end`,
          );
        });
        if ("refusal" in answer) throw new UserError(answer.refusal);
        return answer.file;
      }),
    dispose: async () => await pool?.destroy(),
  };
}

function startPool(threads: number): Piscina<ExtractionTask, ExtractionAnswer> {
  const isSource = import.meta.url.endsWith(".ts");
  const worker = isSource ? "./extraction-worker-source.mjs" : "./extraction-worker.js";
  return new Piscina({
    filename: new URL(worker, import.meta.url).href,
    maxThreads: threads,
    minThreads: 1,
    concurrentTasksPerWorker: 1,
    execArgv: [],
  });
}

/** Lets so many calls run at a time; the others wait in the order in which they came. */
interface Gate {
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    async pass(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift(); // takes over the place
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
