import type { ModelMetadata } from "../features/model-metadata.ts";
import { OptionError } from "./errors.ts";

/** Probabilities from which classes are named: one for all, or by label, where the others keep the model's. */
export type ThresholdOptions = number | Readonly<Record<string, number>>;

type Thresholded = Pick<ModelMetadata, "labels" | "thresholds">;

/**
 * One threshold for each label: the caller's, else the model's, else `otherwise`.
 * @throws OptionError that lists thresholds out of range, and labels that the model does not have
 */
export function listThresholds(
  { labels, thresholds: known }: Thresholded,
  asked: ThresholdOptions | undefined,
  otherwise: number,
): number[] {
  if (asked !== undefined) checkThresholds(labels, asked);
  return labels.map((label, index) =>
    typeof asked === "number" ? asked : (asked?.[label] ?? known?.classes[index] ?? otherwise),
  );
}

function checkThresholds(labels: readonly string[], asked: ThresholdOptions): void {
  const named = typeof asked === "number" ? { thresholds: asked } : asked;
  const unknown =
    typeof asked === "number" ? [] : Object.keys(asked).filter((label) => !labels.includes(label));
  const problems = [
    ...unknown.map(
      (label) => `thresholds: expected a label of the model (${labels.join(", ")}), got ${label}`,
    ),
    ...Object.entries(named)
      .filter(([, threshold]) => !(threshold >= 0 && threshold <= 1))
      .map(([name, threshold]) => `${name}: expected 0 to 1, got ${threshold}`),
  ];
  if (problems.length > 0) throw new OptionError(problems.join("\n"));
}
