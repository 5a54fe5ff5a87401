import * as z from "zod";
import type { Answers } from "../../../report/metrics/answers.ts";
import { runPython } from "../../python/oracle.ts";

/** Every metric of the report once more, by scikit-learn and SciPy; what they call undefined comes back as null. */
const script = `
import json, math, sys, warnings
import numpy as np
from scipy.stats import binomtest
from sklearn import metrics as m
warnings.simplefilter("ignore")

def defined(value):
    return None if value is None or math.isnan(value) else float(value)

def calibration_error(hits, confidence, bins=10):
    edges = np.linspace(0, 1, bins + 1)
    place = np.digitize(confidence, edges, right=True)
    return sum(
        abs(hits[place == bin].mean() - confidence[place == bin].mean()) * (place == bin).mean()
        for bin in range(1, bins + 1) if (place == bin).any()
    )

def measure(case):
    classes, truth = case["classes"], np.array(case["truth"])
    logits = np.array(case["logits"], dtype=np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    picks = logits.argmax(axis=1)
    labels = list(range(classes))
    options = dict(labels=labels, zero_division=np.nan)
    precision, recall, f1, support = m.precision_recall_fscore_support(truth, picks, average=None, **options)
    one_hot = np.eye(classes)[truth]
    roc, ap = [], []
    for index in labels:
        positives = truth == index
        both = positives.any() and not positives.all()
        roc.append(m.roc_auc_score(positives, probabilities[:, index]) if both else None)
        ap.append(m.average_precision_score(positives, probabilities[:, index]) if positives.any() else None)
    hits = int((picks == truth).sum())
    wilson = binomtest(hits, len(truth)).proportion_ci(method="wilson")
    mean = lambda values: defined(np.mean([v for v in values if v is not None])) if any(v is not None for v in values) else None
    return dict(
        accuracy=defined(m.accuracy_score(truth, picks)),
        macroF1=defined(m.f1_score(truth, picks, average="macro", **options)),
        microF1=defined(m.f1_score(truth, picks, average="micro", **options)),
        macroPrecision=defined(m.precision_score(truth, picks, average="macro", **options)),
        macroRecall=defined(m.recall_score(truth, picks, average="macro", **options)),
        precision=[defined(v) for v in precision], recall=[defined(v) for v in recall],
        f1=[defined(v) for v in f1], support=[int(v) for v in support],
        confusion=m.confusion_matrix(truth, picks, labels=labels).tolist(),
        rocAreas=[defined(v) for v in roc], macroRocArea=mean(roc),
        microRocArea=defined(m.roc_auc_score(one_hot.ravel(), probabilities.ravel())),
        averagePrecisions=[defined(v) for v in ap], macroAveragePrecision=mean(ap),
        microAveragePrecision=defined(m.average_precision_score(one_hot.ravel(), probabilities.ravel())),
        loss=defined(m.log_loss(truth, probabilities, labels=labels)),
        calibrationError=defined(calibration_error(picks == truth, probabilities.max(axis=1))),
        wilson=[wilson.low, wilson.high],
    )

print(json.dumps([measure(case) for case in json.load(sys.stdin)]))
`;

const score = z.number().nullable();
const scores = z.array(score);
const expectedSchema = z.object({
  accuracy: score,
  macroF1: score,
  microF1: score,
  macroPrecision: score,
  macroRecall: score,
  precision: scores,
  recall: scores,
  f1: scores,
  support: z.array(z.number()),
  confusion: z.array(z.array(z.number())),
  rocAreas: scores,
  macroRocArea: score,
  microRocArea: score,
  averagePrecisions: scores,
  macroAveragePrecision: score,
  microAveragePrecision: score,
  loss: score,
  calibrationError: score,
  wilson: z.array(z.number()),
});

export type ExpectedMetrics = z.infer<typeof expectedSchema>;

export async function askScikitLearn(cases: readonly Answers[]): Promise<ExpectedMetrics[]> {
  const output = await runPython(script, JSON.stringify(cases));
  return z.array(expectedSchema).parse(JSON.parse(output.toString()));
}
