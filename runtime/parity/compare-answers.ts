import { at } from "../../common/at.ts";
import { findTopClass } from "../rank-labels.ts";

/** How two scorers answered one input. */
export interface ParityDetail {
  readonly name: string;
  readonly shape: readonly number[];
  /** Largest |reference - other| over all logits; `Number.MAX_VALUE` where either answered NaN or infinity. */
  readonly maxAbsoluteDifference: number;
  /** Largest |reference - other| as a fraction of the largest |reference logit| of the same clip. */
  readonly maxRelativeDifference: number;
  /** Largest difference of a clip as `scaleDifference` gives it: what the tolerance is compared with. */
  readonly maxScaledDifference: number;
  /** Where the largest absolute difference is: the clip's row in the batch, and the class. */
  readonly clip: number;
  readonly classIndex: number;
  /** Whether both name the same class; of several classes a sound, the same ones. */
  readonly topClassAgrees: boolean;
  /** How many logits are how far apart, see `ulpSteps`. */
  readonly ulpHistogram: readonly number[];
  /** Both sides' logits of that clip. */
  readonly reference: readonly number[];
  readonly other: readonly number[];
}

/** Upper ends of a histogram's bins in units in the last place; what is beyond them has a last bin of its own. */
export const ulpSteps = [0, 1, 4, 16, 64, 256, 1024] as const;

/**
 * Tolerances are meant for logits up to this. Beyond, 1e-4 becomes 1.5e-5 of the largest logit, 129 units in its
 * last place: networks trained for one epoch, with logits of 30 to 120, were at most 1.04e-5 of it apart.
 */
export const usualLogit = 6.5;

/** Largest difference of logits, scaled, that counts as the same answer in float32. */
export const sameAnswer = 1e-4;

/**
 * The same with a backbone, for sounds that nobody records. Two float32 evaluations of one backbone differ in the last
 * digits, and what a click in a second of zeros leaves of them is ten times as large: YAMNet's own file gives 1.8e-4 of 6
 * between two levels of ONNX Runtime's optimisation.
 */
export const sameBackboneEdge = 1e-3;

/**
 * A difference of logits as it would be if the clip's largest logit were 6.5, where that is larger. float32 has a fixed
 * number of digits, so a network whose logits are twice as large rounds them by twice as much.
 *
 *     scaleDifference(1.6e-4, 34); // 3.1e-5
 */
export function scaleDifference(difference: number, largestLogit: number): number {
  return largestLogit > usualLogit && Number.isFinite(largestLogit)
    ? difference * (usualLogit / largestLogit)
    : difference;
}

interface RowComparison {
  readonly ulps: readonly number[];
  readonly absolute: number;
  readonly relative: number;
  readonly scaled: number;
  readonly classIndex: number;
  readonly topClassAgrees: boolean;
  readonly reference: Float32Array;
  readonly other: Float32Array;
}

/**
 * Two answers to one input, row-major [clips, classes], clip by clip.
 * @param cuts where a sound may have several classes: the logit from which each is named
 * @throws RangeError when their sizes differ or are no multiple of the clips
 */
export function compareAnswers(
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  expected: Float32Array,
  actual: Float32Array,
  cuts?: readonly number[],
): ParityDetail {
  const clips = at(shape, 0);
  const classes = expected.length / clips;
  if (expected.length !== actual.length || !Number.isInteger(classes) || classes === 0)
    throw new RangeError(
      `${name}: expected equal numbers of logits for ${clips} clips, got ${expected.length} and ${actual.length}`,
    );
  const rows = Array.from({ length: clips }, (_, clip) => {
    const range = [clip * classes, (clip + 1) * classes] as const;
    return { clip, ...compareRows(expected.subarray(...range), actual.subarray(...range), cuts) };
  });
  const worst = rows.reduce((one, two) => (two.absolute > one.absolute ? two : one));
  return {
    name,
    shape,
    maxAbsoluteDifference: worst.absolute,
    maxRelativeDifference: Math.max(...rows.map((row) => row.relative)),
    maxScaledDifference: Math.max(...rows.map((row) => row.scaled)),
    clip: worst.clip,
    classIndex: worst.classIndex,
    topClassAgrees: rows.every((row) => row.topClassAgrees),
    ulpHistogram: addHistograms(rows.map((row) => row.ulps)),
    reference: [...worst.reference],
    other: [...worst.other],
  };
}

function compareRows(
  reference: Float32Array,
  other: Float32Array,
  cuts: readonly number[] | undefined,
): RowComparison {
  const differences = reference.map((logit, index) => logit - at(other, index)).map(Math.abs);
  const invalid = differences.findIndex((difference) => !Number.isFinite(difference));
  const absolute = invalid === -1 ? Math.max(...differences) : Number.MAX_VALUE;
  const scale = Math.max(...reference.map(Math.abs));
  return {
    absolute,
    // Finite in every case, because a parity result is written as JSON.
    relative: invalid === -1 && scale > 0 ? absolute / scale : absolute,
    scaled: invalid === -1 ? scaleDifference(absolute, scale) : absolute,
    classIndex: invalid === -1 ? differences.indexOf(absolute) : invalid,
    topClassAgrees: invalid === -1 && nameClasses(reference, cuts) === nameClasses(other, cuts),
    ulps: countUlps(differences, scale),
    reference,
    other,
  };
}

/** What an answer names, as a text. */
function nameClasses(logits: Float32Array, cuts: readonly number[] | undefined): string {
  if (cuts === undefined) return String(findTopClass(logits));
  return cuts.flatMap((cut, index) => (at(logits, index) >= cut ? [index] : [])).join();
}

/**
 * Differences in units in the last place of the clip's largest logit: a logit near 0 is a sum that has cancelled, and
 * its own last place says nothing.
 */
function countUlps(differences: Float32Array, scale: number): number[] {
  const unit = 2 ** (Math.floor(Math.log2(scale || 1)) - 23);
  const counts = Array.from({ length: ulpSteps.length + 1 }, () => 0);
  for (const difference of differences) {
    const bin = ulpSteps.findIndex((most) => difference <= most * unit);
    const place = bin === -1 ? ulpSteps.length : bin;
    counts[place] = at(counts, place) + 1;
  }
  return counts;
}

export function addHistograms(histograms: readonly (readonly number[])[]): number[] {
  return Array.from({ length: ulpSteps.length + 1 }, (_, bin) =>
    histograms.reduce((sum, counts) => sum + at(counts, bin), 0),
  );
}
