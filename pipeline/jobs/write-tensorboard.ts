import path from "node:path";
import { openSummaryWriter } from "../../training/engine.ts";
import type { TrainingEvent } from "../../training/loop/progress.ts";

/** Opens an event file in `<folder>/tensorboard/`: losses, accuracies and the learning rate of every epoch. */
export async function openEventFile(folder: string): Promise<(event: TrainingEvent) => void> {
  const writer = await openSummaryWriter(path.join(folder, "tensorboard"));
  return (event) => {
    if (event.kind !== "epoch") return;
    const { epoch, ...metrics } = event.metrics;
    for (const [name, value] of Object.entries(metrics))
      if (value !== null) writer.scalar(name, value, epoch);
    writer.flush();
  };
}
