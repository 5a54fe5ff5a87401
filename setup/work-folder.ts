import { mkdirSync, rmSync } from "node:fs";
import { stopPrograms } from "./tensorflow/run-program.ts";

/** Keeps a folder for the time of `work`; it goes afterwards, also when the user stops this process. */
export async function useWorkFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      stopPrograms();
      remove();
      process.kill(process.pid, signal);
    });
  }
  remove(); // what a killed run may have left
  mkdirSync(folder, { recursive: true });
  try {
    return await work();
  } finally {
    remove();
  }
}
