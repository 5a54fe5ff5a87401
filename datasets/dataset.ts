/** One labelled stretch of audio. */
export interface Clip {
  /** Unique in the data set and stable between runs, e.g. `001 - Dog bark/1-100032-A.ogg`. */
  readonly id: string;
  readonly path: string;
  readonly label: string;
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

export interface Dataset {
  readonly name: string;
  /** Which reader took the folder, and why. */
  readonly layout: string;
  readonly root: string;
  /** Class names, sorted; a class's index is its position. */
  readonly labels: readonly string[];
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
