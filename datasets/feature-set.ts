import type { LogMel } from "../features/log-mel.ts";
import type { Clip } from "./dataset.ts";

/** Labelled clips whose features can be read: all that training sees of a data set. */
export interface FeatureSet {
  readonly labels: readonly string[];
  readonly clips: readonly Clip[];
  /** Log-mel of the clip at `index` in `clips`, as extracted. */
  readonly read: (index: number) => Promise<LogMel>;
}
