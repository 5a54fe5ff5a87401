import type { Run } from "../runs/run-folder.ts";
import { formatPercent } from "../screen/format-percent.ts";
import { trainRun, type TrainedRun, type TrainOptions } from "./train-run.ts";
import type { TrainingEvent } from "../../training/loop/progress.ts";
import { formatSeconds } from "../../common/format-seconds.ts";

/** Trains a run with its progress on the screen. @returns what to say of it */
export async function trainOnScreen(run: Run, tensorboard = false): Promise<string> {
  const { engine, wasTrainedBefore, result } = await showTraining((options) =>
    trainRun(run, { ...options, tensorboard }),
  );
  const { epochs, selectedEpoch, test } = result;
  const accuracy = test === null ? "" : `, test accuracy ${formatPercent(test.accuracy)} %`;
  const state = wasTrainedBefore ? "already trained: " : "";
  return `${state}${epochs} epochs with ${engine}, epoch ${selectedEpoch} taken${accuracy}`;
}

type ShownOptions = Pick<TrainOptions, "onEvent" | "signal">;

interface TrainingDisplay {
  readonly show: (event: TrainingEvent) => void;
  readonly end: () => void;
}

/** Runs a job with its progress on the screen; Ctrl-C asks it to save and stop. */
async function showTraining(train: (options: ShownOptions) => Promise<TrainedRun>): Promise<TrainedRun> {
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
        draw(
          `epoch ${epoch}/${epochs}  loss ${loss.toFixed(3)}  accuracy ${formatPercent(accuracy)} %, ${left}`,
        );
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
  const { validationMeanAveragePrecision: precision } = metrics;
  const validation =
    validationLoss === null || validationAccuracy === null
      ? ""
      : `  validation ${validationLoss.toFixed(3)} ${formatPercent(validationAccuracy)} %${precision === undefined ? "" : ` mAP ${precision?.toFixed(3) ?? "none"}`}`;
  return `epoch ${epoch}/${epochs}  loss ${trainLoss.toFixed(3)} ${formatPercent(trainAccuracy)} %${validation}`;
}
