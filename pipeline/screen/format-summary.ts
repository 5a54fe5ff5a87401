import { formatPercent } from "./format-percent.ts";
import type { ParityResult } from "../../features/model-metadata.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import type { RunSummary } from "../../run-files/summary.ts";

/** The last screen of a run: what was made, where, how good it is, and what to do next. */
export function formatSummary(summary: RunSummary): string {
  const { data, features, metrics, model, parity, folds } = summary;
  const totalSeconds = Object.values(summary.stageSeconds).reduce((sum, seconds) => sum + seconds, 0);
  const rows: [string, string][] = [];
  const skipped = features?.skipped ?? 0;
  const without = skipped === 0 ? "" : ` (${skipped} bad ones left out)`;
  if (data) rows.push(["data", `${data.clips} clips${without}, ${data.labels.length} classes  ${data.root}`]);
  if (features)
    rows.push(["features", `log-mel [${features.frames}, ${features.bands}] by ${features.extractor}`]);
  const parameters = model === undefined ? "" : `, ${model.parameters.toLocaleString("en")} parameters`;
  rows.push(["network", `${summary.network}${parameters}`]);
  const { epochs, selectedEpoch, engine } = summary;
  if (epochs !== undefined && selectedEpoch !== undefined)
    rows.push([
      "training",
      [`${epochs} epochs, epoch ${selectedEpoch} taken`, ...(engine ? [engine] : [])].join(", "),
    ]);
  if (metrics) {
    const of = ({ test, validation }: { test: string; validation: string }, train?: string) =>
      [
        ["test", metrics[test], folds.test],
        ["validation", metrics[validation], folds.validation],
        ["training", train === undefined ? undefined : metrics[train], []],
      ] as const;
    const list = (measured: ReturnType<typeof of>, format: (value: number) => string): string[] =>
      measured.flatMap(([part, value, own]) =>
        value === undefined
          ? []
          : [`${part} ${format(value)}${own.length > 0 ? ` (fold ${own.join(", ")})` : ""}`],
      );
    const precisions = list(
      of({ test: "testMeanAveragePrecision", validation: "validationMeanAveragePrecision" }),
      (value) => value.toFixed(3),
    );
    const accuracies = list(
      of({ test: "testAccuracy", validation: "validationAccuracy" }, "trainAccuracy"),
      (value) => `${formatPercent(value)} %`,
    );
    const { testRepeats, testAccuracyLow, testAccuracyHigh } = metrics;
    if (testRepeats !== undefined)
      accuracies.splice(
        1,
        0,
        `95 % interval ${formatPercent(testAccuracyLow)} to ${formatPercent(testAccuracyHigh)} %, ${testRepeats} times ` +
          "cross-validated; the model trained on all clips",
      );
    for (const [index, line] of precisions.entries()) rows.push([index === 0 ? "mAP" : "", line]);
    const title = precisions.length > 0 ? "all right" : "accuracy";
    for (const [index, line] of accuracies.entries()) rows.push([index === 0 ? title : "", line]);
  }
  if (metrics) rows.push(["report", summary.files.report]);
  if (model) rows.push(["model", `${model.file}  ${(model.bytes / 1e6).toFixed(2)} MB`]);
  for (const result of parity ?? []) rows.push(["parity", formatParity(result)]);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(10)}${value}`);
  return [`Run ${summary.run}, ${formatSeconds(totalSeconds)} of work`, "", ...lines].join("\n");
}

/** The commands that come next, with what they do. */
export function formatNextSteps(): string {
  const steps = [
    ["npx earshot predict clip.wav", "what is in a sound file?"],
    ["npx earshot serve", "the same over HTTP"],
    ["npx earshot start --data ../sounds", "the same on a folder of yours"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return ["Next", ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)].join("\n");
}

function formatParity(result: ParityResult): string {
  const difference = result.maxAbsoluteDifference.toExponential(1);
  const agreement = `${formatPercent(result.topClassAgreement)} %`;
  return `${result.passed ? "passed" : "FAILED"} on ${result.target}: logits differ by ${difference} at most, same class ${agreement}`;
}
