import { createRandom } from "../../common/random.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import type { MelPower } from "../../training/data/augment/mel-power.ts";

type MelSettings = Pick<FeatureConfig, "sampleRateHz" | "fftSamples" | "hopSamples" | "sampleScale">;

/** A few tones a band: one alone would whistle, many would be noise. */
const tonesPerBand = 3;

/**
 * Sound with a given mel spectrum: in each band a few tones at seeded random places, as loud as the band is at each
 * moment. Mel power knows no phases and no pitch inside a band, so that speech whispers and notes blur; what
 * augmentation does to level, spectrum and time stays audible.
 * @param rateHz of the result; what lies above its half is left out
 */
export function synthesiseMel(
  { power, frames, bands }: MelPower,
  settings: MelSettings,
  rateHz: number,
): Float32Array {
  const { sampleRateHz, hopSamples, fftSamples, sampleScale } = settings;
  const random = createRandom(1, "tones of the mel bands");
  const hop = (hopSamples * rateHz) / sampleRateHz;
  const start = (fftSamples * rateHz) / sampleRateHz / 2; // a frame speaks of its window's middle
  const samples = new Float32Array(Math.round((frames - 1) * hop + 2 * start));
  const amplitudes = new Float32Array(frames);
  for (let band = 0; band < bands; band++) {
    const [lowHz, highHz] = findBandEdges(band, bands, sampleRateHz);
    for (let frame = 0; frame < frames; frame++) {
      // a tone of amplitude 1 fills its Hann window's bins with about 1.5 (window / 4)² of power
      // An inner loop over samples: `?? 0` is never taken, and `at` would cost time.
      const tonePower = (power[frame * bands + band] ?? 0) / (1.5 * tonesPerBand);
      amplitudes[frame] = (Math.sqrt(tonePower) * 4) / (fftSamples * sampleScale);
    }
    for (let tone = 0; tone < tonesPerBand; tone++) {
      const frequencyHz = lowHz + random.next() * (highHz - lowHz);
      const phase = 2 * Math.PI * random.next();
      if (frequencyHz < rateHz / 2)
        addTone(samples, { step: (2 * Math.PI * frequencyHz) / rateHz, phase, amplitudes, start, hop });
    }
  }
  return samples;
}

interface Tone {
  /** Radians a sample. */
  readonly step: number;
  readonly phase: number;
  /** At `start`, `start + hop` and so on; lines between them. */
  readonly amplitudes: Float32Array;
  readonly start: number;
  readonly hop: number;
}

/** The sine goes round by one complex product a sample, many times as fast as Math.sin. */
function addTone(samples: Float32Array, { step, phase, amplitudes, start, hop }: Tone): void {
  const last = amplitudes.length - 1;
  const [turnCosine, turnSine] = [Math.cos(step), Math.sin(step)];
  let cosine = Math.cos(phase);
  let sine = Math.sin(phase);
  for (let index = 0; index < samples.length; index++) {
    const place = Math.min(last, Math.max(0, (index - start) / hop));
    const left = Math.floor(place);
    const level = amplitudes[left] ?? 0;
    const slope = (amplitudes[left + 1] ?? level) - level;
    samples[index] = (samples[index] ?? 0) + (level + slope * (place - left)) * sine;
    [cosine, sine] = [cosine * turnCosine - sine * turnSine, cosine * turnSine + sine * turnCosine];
  }
}

/** The middle half of a mel triangle, whose corners lie at equal steps of 1125 ln(1 + f / 700). */
function findBandEdges(band: number, bands: number, sampleRateHz: number): [lowHz: number, highHz: number] {
  const highestMel = 1125 * Math.log(1 + sampleRateHz / 2 / 700);
  const toHz = (position: number): number =>
    700 * (Math.exp((highestMel * position) / (bands + 1) / 1125) - 1);
  return [toHz(band + 0.5), toHz(band + 1.5)];
}
