import { at } from "../../common/at.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import { pickClass, type Answers } from "./answers.ts";

/** Clips whose confidence (probability of the class picked) lies in (from, to]. */
interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly clips: number;
  /** Mean confidence and fraction of right answers; null without clips. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Mean |accuracy - confidence| over the clips (Guo et al. 2017, equation 3); null without clips. */
  readonly expectedError: number | null;
}

/** A probability that was stated, and whether what it was stated of is so. */
export interface Statement {
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Does a confidence of 80 % mean 80 % right? Of the class picked of each clip, as Guo et al. 2017, "On calibration". */
export function measureCalibration(answers: Answers): Calibration {
  return binStatements(
    answers.truth.map((truth, clip) => {
      const probabilities = computeProbabilities(at(answers.logits, clip));
      const pick = pickClass(probabilities);
      return { confidence: at(probabilities, pick), isRight: pick === truth };
    }),
  );
}

/** In bins of equal width. */
export function binStatements(statements: readonly Statement[], binCount = 10): Calibration {
  const sums = Array.from({ length: binCount }, () => ({ clips: 0, confidence: 0, hits: 0 }));
  for (const { confidence, isRight } of statements) {
    const bin = sums[Math.max(0, Math.ceil(confidence * binCount) - 1)];
    if (bin === undefined) continue; // a confidence that is NaN
    bin.clips++;
    bin.confidence += confidence;
    if (isRight) bin.hits++;
  }
  const total = sums.reduce((sum, { clips }) => sum + clips, 0);
  const gap = sums.reduce((sum, { confidence, hits }) => sum + Math.abs(hits - confidence), 0);
  return {
    bins: sums.map(({ clips, confidence, hits }, index) => ({
      from: index / binCount,
      to: (index + 1) / binCount,
      clips,
      confidence: clips === 0 ? null : confidence / clips,
      accuracy: clips === 0 ? null : hits / clips,
    })),
    expectedError: total === 0 ? null : gap / total,
  };
}
