import { createRandom } from "../../common/random.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { between, normaliseRms, sampleRateHz } from "../synthetic/signal.ts";
import { backgroundSounds } from "./background-sounds.ts";

/** Goes up when a seed gives other sounds: a run goes on only with those that it began with. */
export const generatedBackgroundVersion = 2;

export type BackgroundKind = keyof typeof backgroundSounds;

/** All that decides the samples of a sound. */
export interface PlannedBackground {
  readonly seed: number;
  readonly stream: string;
  readonly kind: BackgroundKind;
  readonly index: number;
}

export interface GeneratedBackground extends Waveform {
  readonly kind: BackgroundKind;
}

const seconds = 5;
/** Root of the mean square over full scale: from what 16 bits just hold to a loud sound. */
const levelsDecibels = { min: -80, max: -10 };
/** What the last bits of a converter are worth: `quantised` counts in these steps. */
const stepLevel = 1 / 2 ** 15;

/**
 * 5-s sounds of no class, of each kind `steady` of those that are alike, `varied` of those that differ among themselves,
 * at levels between -80 and -10 dB of full scale. The same stream of the same seed gives the same samples.
 *
 *     const sounds = planBackground(0, "training", { steady: 6, varied: 60 }).map(makeBackground);
 */
export function planBackground(
  seed: number,
  stream: string,
  { steady, varied }: { readonly steady: number; readonly varied: number },
): PlannedBackground[] {
  return Object.keys(backgroundSounds)
    .filter(isKind)
    .flatMap((kind) =>
      Array.from({ length: variedKinds.includes(kind) ? varied : steady }, (_, index) => {
        return { seed, stream, kind, index };
      }),
    );
}

export function makeBackground({ seed, stream, kind, index }: PlannedBackground): GeneratedBackground {
  const random = createRandom(seed, `background, ${stream}: ${kind} ${index}`);
  const made = backgroundSounds[kind](random, seconds * sampleRateHz);
  const samples =
    kind === "quantised"
      ? made.map((value) => value * stepLevel)
      : scale(normaliseRms(made), 10 ** (between(random, levelsDecibels.min, levelsDecibels.max) / 20));
  return { kind, samples, sampleRateHz };
}

/** One noise is like another of its kind; these are not. */
const variedKinds: readonly BackgroundKind[] = ["hum", "music", "voice"];

const isKind = (name: string): name is BackgroundKind => name in backgroundSounds;

function scale(samples: Float32Array, gain: number): Float32Array {
  // An inner loop over samples: `?? 0` is never taken, and `at` would cost time.
  for (let index = 0; index < samples.length; index++) samples[index] = (samples[index] ?? 0) * gain;
  return samples;
}
