import { scoreJob } from "./analysis/job-score.ts";
import type { ReportData, RunReport, VariantReport } from "./analysis/report-data.ts";
import type { RunResult } from "./run/run-result.ts";

/** The report's numbers as JSON: fractions from 0 to 1, losses in nats, null for what is undefined. */
export function summariseAsJson(report: ReportData): object {
  return { format: 1, problems: report.problems, runs: report.runs.map(summariseRun) };
}

function summariseRun({ run, variants }: RunReport): object {
  return {
    name: run.name,
    protocol: run.protocol,
    data: { name: run.data.name, labels: run.data.labels, clips: run.data.clips.length },
    engine: run.engine,
    parameters: run.parameters,
    modelBytes: run.modelBytes,
    parity: run.parity,
    stageSeconds: run.stageSeconds,
    variants: variants.map((variant) => summariseVariant(variant, run)),
  };
}

function summariseVariant({ title, jobs, scored, labelSets }: VariantReport, { data }: RunResult): object {
  return {
    title,
    jobs: jobs.map((job) => ({
      name: job.name,
      settings: Object.fromEntries(job.settings.all),
      epochs: job.epochs.length,
      selectedEpoch: job.selectedEpoch,
      validation: scoreJob(job, data.labels, "validation"),
      test: scoreJob(job, data.labels, "test"),
    })),
    evaluation: scored === null ? null : summariseEvaluation(scored),
    ...(labelSets !== null && { labelSets: summariseLabelSets(labelSets) }),
  };
}

function summariseLabelSets({
  roc,
  precisionRecall,
  calibration,
  classes,
  ...scores
}: NonNullable<VariantReport["labelSets"]>): object {
  return {
    ...scores,
    rocArea: { macro: roc.macroArea, micro: roc.micro?.area ?? null },
    averagePrecision: {
      macro: precisionRecall.macroAveragePrecision,
      micro: precisionRecall.micro?.averagePrecision ?? null,
    },
    expectedCalibrationError: calibration.expectedError,
    classes: classes.map((score, index) => ({ ...score, rocArea: roc.classes[index]?.area ?? null })),
  };
}

function summariseEvaluation({
  split,
  predictions,
  distinctClips,
  evaluation,
}: NonNullable<VariantReport["scored"]>): object {
  const { overall, roc, precisionRecall } = evaluation;
  return {
    split,
    answers: predictions.length,
    distinctClips,
    ...overall,
    accuracyInterval: evaluation.accuracyInterval,
    macroF1Interval: evaluation.macroF1Interval,
    loss: evaluation.loss,
    rocArea: { macro: roc.macroArea, micro: roc.micro?.area ?? null },
    averagePrecision: {
      macro: precisionRecall.macroAveragePrecision,
      micro: precisionRecall.micro?.averagePrecision ?? null,
    },
    expectedCalibrationError: evaluation.calibration.expectedError,
    classes: evaluation.classes.map((score, index) => ({
      ...score,
      f1Interval: evaluation.f1Intervals[index] ?? null,
      rocArea: roc.classes[index]?.area ?? null,
      averagePrecision: precisionRecall.classes[index]?.averagePrecision ?? null,
    })),
    confusion: evaluation.confusion,
  };
}
