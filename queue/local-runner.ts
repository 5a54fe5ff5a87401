import { runJobProcess } from "./job-process.ts";
import type { FailedJob, JobRunner } from "./job-runner.ts";

interface LocalRunnerOptions {
  /** The script that runs one job: pipeline/jobs/job-process.ts. */
  readonly program: URL;
  /** Processes at a time. */
  readonly concurrency: number;
}

/** Runs jobs on this machine, each in a process of its own. */
export function createLocalRunner({ program, concurrency }: LocalRunnerOptions): JobRunner {
  return {
    isLocal: true,
    description: `${concurrency} at a time`,
    async run(jobs, { onProgress, onDone, signal }) {
      const waiting = [...jobs];
      const failed: FailedJob[] = [];
      const work = async (): Promise<void> => {
        for (let job = waiting.shift(); job !== undefined && !signal.aborted; job = waiting.shift()) {
          const { folder } = job;
          const message = await runJobProcess(job, {
            program,
            signal,
            onProgress: ({ done, total }) => {
              onProgress({ folder, done, total });
            },
          });
          if (message === undefined) onDone(folder);
          else failed.push({ folder, message });
        }
      };
      await Promise.all(Array.from({ length: concurrency }, work));
      return failed;
    },
    close: () => Promise.resolve(),
  };
}
