import { beforeAll, describe, expect, it } from "vitest";
import type { Answers } from "../../../report/metrics/answers.ts";
import { measureCalibration } from "../../../report/metrics/calibration.ts";
import { scoreClasses, scoreOverall } from "../../../report/metrics/class-scores.ts";
import { countConfusions } from "../../../report/metrics/confusion-matrix.ts";
import { boundFraction } from "../../../common/bound-fraction.ts";
import { averageLoss } from "../../../report/metrics/log-loss.ts";
import { askOneVsRest } from "../../../report/metrics/one-vs-rest.ts";
import { tracePrecisionRecalls } from "../../../report/metrics/precision-recall.ts";
import { traceRocs } from "../../../report/metrics/roc.ts";
import { answerCases } from "./answer-cases.ts";
import { describeWithOracle } from "../../python/oracle.ts";
import { askScikitLearn, type ExpectedMetrics } from "./scikit-learn.ts";

const tolerance = 1e-9;

describeWithOracle("metrics against scikit-learn", () => {
  let expected: ExpectedMetrics[];

  beforeAll(async () => {
    expected = await askScikitLearn(answerCases.map(({ answers }) => answers));
  });

  describe.each(answerCases.map((entry, index) => ({ ...entry, index })))("$title", ({ answers, index }) => {
    const ours = measure(answers);

    it.each(Object.keys(ours))("%s", (name) => {
      const theirs = new Map(Object.entries(expected[index] ?? {})).get(name);
      expect(theirs).toBeDefined();
      expectClose(new Map(Object.entries(ours)).get(name), theirs, name);
    });
  });
});

function measure(answers: Answers): ExpectedMetrics {
  const confusion = countConfusions(answers);
  const classes = scoreClasses(confusion);
  const rocs = traceRocs(askOneVsRest(answers));
  const precisionRecalls = tracePrecisionRecalls(askOneVsRest(answers));
  const hits = confusion.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const wilson = boundFraction(hits, answers.truth.length);
  return {
    ...scoreOverall(confusion),
    precision: classes.map(({ precision }) => precision),
    recall: classes.map(({ recall }) => recall),
    f1: classes.map(({ f1 }) => f1),
    support: classes.map(({ support }) => support),
    confusion: confusion.map((row) => [...row]),
    rocAreas: rocs.classes.map((curve) => curve?.area ?? null),
    macroRocArea: rocs.macroArea,
    microRocArea: rocs.micro?.area ?? null,
    averagePrecisions: precisionRecalls.classes.map((curve) => curve?.averagePrecision ?? null),
    macroAveragePrecision: precisionRecalls.macroAveragePrecision,
    microAveragePrecision: precisionRecalls.micro?.averagePrecision ?? null,
    loss: averageLoss(answers),
    calibrationError: measureCalibration(answers).expectedError,
    wilson: wilson === null ? [] : [wilson.low, wilson.high],
  };
}

/** Same structure, same nulls, numbers within the tolerance. */
function expectClose(actual: unknown, wanted: unknown, place: string): void {
  if (Array.isArray(wanted)) {
    expect(actual, place).toHaveLength(wanted.length);
    wanted.forEach((value, index) => {
      expectClose(Array.isArray(actual) ? actual[index] : undefined, value, `${place}[${index}]`);
    });
  } else if (typeof wanted === "number" && typeof actual === "number") {
    expect(Math.abs(actual - wanted), `${place}: ${actual} against ${wanted}`).toBeLessThanOrEqual(tolerance);
  } else {
    expect(actual, place).toBe(wanted);
  }
}
