import type { TrainingEvent } from "../../training/loop/progress.ts";
import { formatSeconds } from "../../common/format-seconds.ts";

interface TrainingDisplay {
  readonly show: (event: TrainingEvent) => void;
  readonly end: () => void;
}

/** What a job is told while it runs. */
interface JobOptions {
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
}

/** Runs a job with its progress on the screen; Ctrl-C asks it to save and stop. */
export async function showTraining<Outcome>(
  train: (options: JobOptions) => Promise<Outcome>,
): Promise<Outcome> {
  const display = createDisplay(process.stderr);
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await train({ onEvent: display.show, signal: interruption.signal });
  } finally {
    display.end();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** One moving line on a terminal, a line per tenth of the epochs elsewhere. */
function createDisplay(stream: NodeJS.WriteStream): TrainingDisplay {
  let width = 0;
  let left = "";
  let drawnMs = 0;
  const draw = (line: string): void => {
    stream.write(`\r${line.padEnd(width)}`);
    width = line.length;
  };
  return {
    show(event) {
      if (event.kind === "notice") stream.write(`${width > 0 ? "\n" : ""}${event.message}\n`);
      else if (event.kind === "epoch") {
        const { metrics, epochs } = event;
        const isTenth =
          metrics.epoch % Math.max(1, Math.floor(epochs / 10)) === 0 || metrics.epoch === epochs;
        if (!stream.isTTY && isTenth) stream.write(`${formatEpoch(metrics, epochs)}, ${left}\n`);
        if (stream.isTTY) draw(`${formatEpoch(metrics, epochs)}, ${left}`);
      } else {
        const { epoch, epochs, loss, accuracy, examplesPerSecond, remainingSeconds } = event.progress;
        left = `${Math.round(examplesPerSecond)} clips/s, ${formatSeconds(remainingSeconds)} left`;
        if (!stream.isTTY || performance.now() - drawnMs < 100) return;
        drawnMs = performance.now();
        draw(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(3)}  accuracy ${formatShare(accuracy)}, ${left}`);
      }
    },
    end() {
      if (width > 0) stream.write("\n");
    },
  };
}

type EpochMetrics = Extract<TrainingEvent, { kind: "epoch" }>["metrics"];

function formatEpoch(metrics: EpochMetrics, epochs: number): string {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy } = metrics;
  const validation =
    validationLoss === null || validationAccuracy === null
      ? ""
      : `  validation ${validationLoss.toFixed(3)} ${formatShare(validationAccuracy)}`;
  return `epoch ${epoch}/${epochs}  loss ${trainLoss.toFixed(3)} ${formatShare(trainAccuracy)}${validation}`;
}

function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
