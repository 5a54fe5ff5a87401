import type { Labelling } from "../common/labelling.ts";

/** One labelled stretch of audio. */
export interface Clip {
  /** Unique in the data set and stable between runs, e.g. `001 - Dog bark/1-100032-A.ogg`. */
  readonly id: string;
  readonly path: string;
  /** Its class; of a clip with `labels` their names, joined by `; `, and `""` where it has none of the classes. */
  readonly label: string;
  /** Its classes, sorted, where clips may have several or none. */
  readonly labels?: readonly string[];
  /** Fold number, from 1. */
  readonly fold: number;
  /** Name of the recording the clip was cut from: clips of one source must stay in one fold. */
  readonly source: string;
  /** Part of the file; without it, the whole file. */
  readonly range?: { readonly startSeconds: number; readonly endSeconds: number };
  /**
   * Id of the clip that this window was cut from, when that clip is longer than the features' `clipSeconds`:
   * the scores of windows with one parent are pooled into one answer. Without it, the clip answers for itself.
   */
  readonly parent?: string;
}

/** The classes of a clip: one, or any number where clips may have several. */
export function listLabels({
  label,
  labels,
}: {
  readonly label: string;
  readonly labels?: readonly string[] | undefined;
}): readonly string[] {
  return labels ?? [label];
}

/** The classes of a clip by their places among `labels`; -1 for one that is none of them. */
export function indexLabels(clip: Parameters<typeof listLabels>[0], labels: readonly string[]): number[] {
  return listLabels(clip).map((label) => labels.indexOf(label));
}

/** What a clip's classes are called together. */
export function joinLabels(labels: readonly string[]): string {
  return labels.join("; ");
}

export interface Dataset {
  readonly name: string;
  /** Which reader took the folder, and why. */
  readonly layout: string;
  readonly root: string;
  /** Class names, sorted; a class's index is its position. */
  readonly labels: readonly string[];
  /** Whether clips may have several classes; then each has `labels`. */
  readonly labelling: Labelling;
  readonly clips: readonly Clip[];
  /**
   * Sounds of no class, by the name of their folder as `label`: the network learns to favour no class for them, and
   * some lie under the clips of the classes (`isBed`).
   */
  readonly background: readonly Clip[];
  /**
   * Whether a clip longer than the features' `clipSeconds` loses its end, as ESC's protocol of 5-s clips has it;
   * otherwise it is cut into windows.
   */
  readonly trimsLongClips: boolean;
  /** What the user should know though it stops nothing, e.g. clips of one recording in two folds. */
  readonly warnings: readonly string[];
  /** Files of the folder that are no clips and did not help to read them, with the reason, grouped. */
  readonly unused: readonly string[];
}
