import { at } from "../../common/at.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { FeatureShape } from "../../features/scorer.ts";
import { UserError } from "../../common/user-error.ts";

/** What one training step sees. */
export interface Batch {
  /** Network input, row-major, of `shape`. */
  readonly values: Float32Array;
  readonly shape: FeatureShape;
  /** Target distributions, row-major [clips, classes]; beside a teaching backbone [clips, classes ++ embedding]. */
  readonly targets: Float32Array;
  /** How many of the examples, at the end, are background, of no class. */
  readonly negatives: number;
}

/** Joins clips, at least one, of one length. @throws UserError when their frames differ */
export function joinInputs(clips: readonly LogMel[]): Pick<Batch, "values" | "shape"> {
  const { frames, bands } = at(clips, 0);
  const values = new Float32Array(clips.length * frames * bands);
  clips.forEach((clip, position) => {
    if (clip.frames !== frames)
      throw new UserError(`clips of a batch: expected ${frames} frames each, got one of ${clip.frames}`);
    values.set(clip.values, position * frames * bands);
  });
  return { values, shape: [clips.length, frames, bands] };
}

/** Row-major [examples, numbers of a target]. */
export function joinTargets(examples: readonly { readonly target: Float32Array }[]): Float32Array {
  const classes = at(examples, 0).target.length;
  const targets = new Float32Array(examples.length * classes);
  examples.forEach(({ target }, position) => {
    targets.set(target, position * classes);
  });
  return targets;
}
