import { setImmediate } from "node:timers/promises";
import { UserError } from "../../common/user-error.ts";
import type { BatchSource } from "../data/batch-source.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import type { StepProgress } from "./progress.ts";
import type { Teachers } from "./teachers.ts";
import type { StepOutcome, TrainStep } from "./train-step.ts";

/** A cross-entropy that no useful training shows: guessing among a thousand classes costs 7. */
const divergedLoss = 1e4;

interface EpochPlan {
  readonly job: TrainingJob;
  readonly runStep: TrainStep;
  readonly source: BatchSource;
  readonly teachers: Teachers | null;
  /** From 1. */
  readonly epoch: number;
  readonly learningRateAt: (step: number) => number;
  readonly onStep: (progress: StepProgress) => void;
}

export interface EpochOutcome {
  readonly loss: number;
  readonly accuracy: number;
  /** Of the last step. */
  readonly learningRate: number;
  readonly examplesPerSecond: number;
}

/**
 * Trains on every batch of one epoch. Each step starts before the one before has been read, so that an engine that
 * computes beside JavaScript is never idle. @throws UserError naming epoch and step when the loss diverges
 */
export async function trainEpoch(plan: EpochPlan): Promise<EpochOutcome> {
  const { job, runStep, source, teachers, epoch, learningRateAt } = plan;
  const started = performance.now();
  const sum = { examples: 0, loss: 0, correct: 0 };
  let step = (epoch - 1) * source.stepsPerEpoch;
  let running: Promise<StepOutcome> | undefined;

  const settle = async (): Promise<void> => {
    if (running === undefined) return;
    const outcome = await running;
    checkLoss(outcome.loss, epoch, step, learningRateAt(step - 1));
    sum.examples += outcome.examples;
    sum.loss += outcome.loss * outcome.examples;
    sum.correct += outcome.correct;
    plan.onStep(describeProgress());
  };

  const describeProgress = (): StepProgress => {
    const seconds = (performance.now() - started) / 1000;
    const steps = job.epochs * source.stepsPerEpoch;
    const examplesPerSecond = sum.examples / seconds;
    const remainingExamples =
      job.epochs * source.examplesPerEpoch - (epoch - 1) * source.examplesPerEpoch - sum.examples;
    return {
      epoch,
      epochs: job.epochs,
      step,
      steps,
      loss: sum.loss / sum.examples,
      accuracy: sum.correct / sum.examples,
      examplesPerSecond,
      remainingSeconds: remainingExamples / examplesPerSecond,
    };
  };

  for (const drawn of source.draw(epoch)) {
    const batch = teachers === null ? drawn : await teachers.soften(drawn);
    const next = runStep(batch, learningRateAt(step), step);
    next.catch(() => undefined); // reported when it is awaited
    await settle();
    running = next;
    step++;
    await setImmediate(); // lets Ctrl-C and timers through between steps of an engine that blocks
  }
  await settle();
  return { ...describeProgress(), learningRate: learningRateAt(step - 1) };
}

function checkLoss(loss: number, epoch: number, step: number, learningRate: number): void {
  if (loss < divergedLoss) return;
  throw new UserError(
    `epoch ${epoch}, step ${step}: training has diverged: expected a loss below ${divergedLoss}, got ${loss} ` +
      `with learning rate ${learningRate}; lower optimiser.learningRate. Checkpoints of earlier epochs are kept.`,
  );
}
