import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import type { PredictJob } from "../../queue/job-runner.ts";
import { writeChunk } from "../../queue/predict-request.ts";
import { cacheFolder } from "../program-folders.ts";
import { createProgress } from "../screen/progress.ts";
import { openRunner, type RunnerSettings } from "./open-runner.ts";
import { readAnswers, type Answer } from "./predict-chunk.ts";

/** Files of one job: half a minute of work of one core. */
const chunkFiles = 500;

interface QueuedPrediction extends RunnerSettings {
  /** File of the exported model. */
  readonly model: string;
  readonly allowUnverified: boolean;
}

/**
 * Classifies files by the workers of a queue, in chunks; their answers in the files' order, a chunk at a time.
 * @throws UserError listing the chunks that failed, or saying that it was interrupted
 */
export async function* predictQueued(
  files: readonly string[],
  { model, allowUnverified, ...settings }: QueuedPrediction,
): AsyncGenerator<Answer> {
  const root = path.join(cacheFolder, "queue", "lists");
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(path.join(root, "predict-"));
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const progress = createProgress("predict");
  try {
    const jobs: PredictJob[] = [];
    for (let start = 0; start < files.length; start += chunkFiles) {
      const chunk = path.join(folder, `chunk-${String(jobs.length).padStart(6, "0")}`);
      const some = files.slice(start, start + chunkFiles).map((name) => ({ name, path: name }));
      await writeChunk(chunk, { model, allowUnverified, files: some });
      jobs.push({ kind: "predict", folder: chunk });
    }
    const done = new Map<string, number>();
    const runner = await openRunner(settings, `predict ${path.basename(model)}, ${files.length} files`);
    const run = runner.run(jobs, {
      signal: interruption.signal,
      onProgress: (job) => {
        done.set(job.folder, job.done);
        progress.update(
          [...done.values()].reduce((sum, count) => sum + count, 0),
          files.length,
        );
      },
      onDone: () => undefined,
    });
    const failed = await run.finally(() => runner.close());
    if (interruption.signal.aborted) throw new UserError("stopped; the same command goes on from there");
    if (failed.length > 0)
      throw new UserError(
        failed.map(({ folder: chunk, message }) => `${path.basename(chunk)}: ${message}`).join("\n"),
      );
    for (const job of jobs) yield* await readAnswers(job.folder);
  } finally {
    progress.end();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}
