import { at } from "../../../common/at.ts";
import type { Random } from "../../../common/random.ts";
import type { AugmentationConfig } from "../../../run-files/augmentation-config.ts";
import { cropAndWrap } from "./crop-and-wrap.ts";
import { drawBed } from "./draw-bed.ts";
import { equalise } from "./equalise.ts";
import type { MelPower } from "./mel-power.ts";

/** Sounds that no class names: recorded ones, and those that are generated. */
export interface Background {
  /** Recordings that may lie under sounds of the classes. */
  readonly beds: readonly MelPower[];
  /** All recordings. */
  readonly negatives: readonly MelPower[];
  readonly generated: readonly MelPower[];
}

export const noBackground: Background = { beds: [], negatives: [], generated: [] };

/** Fraction of the negatives that is steady noise of a random colour, where there is other background. */
const steadyFraction = 0.1;
const steadyColourDecades = 2;
/** Decades of power above 1 that a steady negative's level is drawn from. */
const levelDecades = 10;

/**
 * Background alone, for which the network should favour no class (outlier exposure, Hendrycks et al. 2019): digital
 * silence, steady noise of a random colour, a stretch of a generated background or, as often as these, of a recorded
 * one; at a level between -40 dB and 0 dB of its own.
 */
export function drawNegative(
  background: Background,
  { frames, bands }: Omit<MelPower, "power">,
  { negatives, equaliserDecades }: Pick<AugmentationConfig, "negatives" | "equaliserDecades">,
  random: Random,
): MelPower {
  if (negatives !== null && random.next() < negatives.silentFraction)
    return { power: new Float32Array(frames * bands), frames, bands };
  const kinds = [background.negatives, background.generated].filter((kind) => kind.length > 0);
  if (kinds.length === 0 || random.next() < steadyFraction)
    return drawBed(
      { frames, bands, level: 10 ** (levelDecades * random.next()), decades: steadyColourDecades },
      random,
    );
  const kind = at(kinds, random.integer(kinds.length));
  const source = at(kind, random.integer(kind.length));
  const cut = cropAndWrap(source, random.integer(source.frames), frames);
  if (equaliserDecades > 0) equalise(cut, equaliserDecades, random);
  const gain = 10 ** (-4 * random.next());
  // An inner loop: `?? 0` is never taken, and `at` would cost time.
  for (let index = 0; index < cut.power.length; index++) cut.power[index] = gain * (cut.power[index] ?? 0);
  return cut;
}
