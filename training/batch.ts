import type { FeatureShape } from "../features/scorer.ts";
import { UserError } from "../features/user-error.ts";
import type { Example } from "./read-examples.ts";

/** What one training step sees. */
export interface Batch {
  /** Network input, row-major, of `shape`. */
  readonly values: Float32Array;
  readonly shape: FeatureShape;
  /** Target distributions, row-major [clips, classes]. */
  readonly targets: Float32Array;
}

/** Joins examples of one length. @throws UserError when their frames differ */
export function joinInputs(examples: readonly Example[]): Pick<Batch, "values" | "shape"> {
  const { frames = 0, bands = 0 } = examples[0]?.input ?? {};
  const values = new Float32Array(examples.length * frames * bands);
  examples.forEach(({ input }, position) => {
    if (input.frames !== frames)
      throw new UserError(`clips of a batch: expected ${frames} frames each, got one of ${input.frames}`);
    values.set(input.values, position * frames * bands);
  });
  return { values, shape: [examples.length, frames, bands] };
}

/** 1 at the class of each example, 0 elsewhere. */
export function joinTargets(examples: readonly Example[], classes: number): Float32Array {
  const targets = new Float32Array(examples.length * classes);
  examples.forEach(({ label }, position) => {
    targets[position * classes + label] = 1;
  });
  return targets;
}
