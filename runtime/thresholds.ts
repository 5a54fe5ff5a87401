import { at } from "../common/at.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { describeValue, findTag } from "./audio/describe-value.ts";
import { OptionError } from "./errors.ts";

/**
 * Probabilities from which classes are named: one for all, or by label, where the others keep the model's.
 *
 *     const thresholds: ThresholdOptions = { "Dog bark": 0.9, Rain: 0.6 };
 */
export type ThresholdOptions = number | Readonly<Record<string, number>>;

/** What of a model decides which thresholds apply. */
export type Thresholded = Pick<ModelMetadata, "labels" | "thresholds" | "labelling" | "background">;

/**
 * Where neither the caller nor the model has thresholds: `classify` names the most probable class, an event needs half,
 * and so does each class where a sound may have several.
 */
export const defaultThresholds = { clip: 0, event: 0.5 } as const;

/**
 * The thresholds of every use, from clips to live sound: for each label the caller's, else the model's, else the use's.
 * Background has none that it could reach, unless the caller gives it one by its name.
 * @throws OptionError that lists thresholds out of range, and labels that the model does not have
 */
export function listThresholds(
  { labels, thresholds: known, labelling, background = [] }: Thresholded,
  asked: ThresholdOptions | undefined,
  use: keyof typeof defaultThresholds,
): number[] {
  const problems = findThresholdProblems(labels, asked);
  if (problems.length > 0) throw new OptionError(problems.join("\n"));
  const otherwise = defaultThresholds[labelling === "several" ? "event" : use];
  return labels.map((label, index) => {
    const own = typeof asked === "number" ? undefined : asked?.[label];
    if (own !== undefined) return own;
    if (background.includes(label)) return Infinity;
    return typeof asked === "number" ? asked : (known?.classes[index] ?? otherwise);
  });
}

/** Whether a class is named that may be: the most probable one, or any where a sound may have several. NaN names none. */
export function reachesThreshold(
  { probability, index }: { readonly probability: number; readonly index: number },
  thresholds: readonly number[],
): boolean {
  return probability >= at(thresholds, index);
}

/** Thresholds out of range, and labels that the model does not have, a line each. */
export function findThresholdProblems(
  labels: readonly string[],
  asked: ThresholdOptions | undefined,
): string[] {
  if (asked !== undefined && typeof asked !== "number" && findTag(asked) !== "Object")
    return [`thresholds: expected a number from 0 to 1, or one for each label, got ${describeValue(asked)}`];
  const named = typeof asked === "number" ? { thresholds: asked } : (asked ?? {});
  const unknown =
    typeof asked === "number" ? [] : Object.keys(named).filter((label) => !labels.includes(label));
  return [
    ...unknown.map(
      (label) => `thresholds: expected a label of the model (${labels.join(", ")}), got ${label}`,
    ),
    ...Object.entries(named)
      .filter(([, threshold]) => !(threshold >= 0 && threshold <= 1))
      .map(([name, threshold]) => `${name}: expected 0 to 1, got ${threshold}`),
  ];
}
