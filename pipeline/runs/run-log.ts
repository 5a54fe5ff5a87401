import { openSummaryWriter } from "../../training/engine.ts";
import { appendFileSync } from "node:fs";
import path from "node:path";
import type { TrainingEvent } from "../../training/loop/progress.ts";

/** Appends to `<folder>/log.txt` what happens to a run, a line each with its time; epochs are in metrics.jsonl. */
export function createRunLog(folder: string): {
  write: (line: string) => void;
  note: (event: TrainingEvent) => void;
} {
  const write = (line: string): void => {
    appendFileSync(path.join(folder, "log.txt"), `${new Date().toISOString()}  ${line}\n`);
  };
  return {
    write,
    note: (event) => {
      if (event.kind === "notice") write(event.message);
    },
  };
}

/**
 * Opens an event file for TensorBoard in `<folder>/tensorboard/`: losses, accuracies and the learning rate of every
 * epoch.
 */
export async function openEventFile(folder: string): Promise<(event: TrainingEvent) => void> {
  const writer = await openSummaryWriter(path.join(folder, "tensorboard"));
  return (event) => {
    if (event.kind !== "epoch") return;
    const { epoch, ...metrics } = event.metrics;
    for (const [name, value] of Object.entries(metrics))
      if (value !== null && value !== undefined) writer.scalar(name, value, epoch);
    writer.flush();
  };
}
