import { appendFileSync } from "node:fs";
import path from "node:path";
import type { TrainingEvent } from "../../training/loop/progress.ts";

/** Appends to `<folder>/log.txt` what happens to a run, a line each with its time; epochs are in metrics.jsonl. */
export function createRunLog(folder: string): {
  write: (line: string) => void;
  tell: (event: TrainingEvent) => void;
} {
  const write = (line: string): void => {
    appendFileSync(path.join(folder, "log.txt"), `${new Date().toISOString()}  ${line}\n`);
  };
  return {
    write,
    tell: (event) => {
      if (event.kind === "notice") write(event.message);
    },
  };
}
