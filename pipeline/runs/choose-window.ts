import { createReadStream } from "node:fs";
import { at } from "../../common/at.ts";
import type { Clip } from "../../datasets/dataset.ts";
import type { ClipFacts } from "../../datasets/cache/feature-entry.ts";
import { measureClip } from "../../datasets/measure-clip.ts";
import { openAudio } from "../../features/audio/open-audio.ts";
import { countFrames, defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import type { Overrides } from "../../training/jobs/override-job.ts";

/** How long a clip's sound is, silence at its ends left out, as far as it was measured, and its file's rate. */
export interface ClipMeasure {
  readonly soundSeconds: number;
  readonly sampleRateHz: number;
}

export interface WindowChoice {
  readonly features: Pick<FeatureConfig, "clipSeconds" | "sampleRateHz" | "fftSamples" | "hopSamples">;
  /** What was chosen, and why, for the terminal. */
  readonly note: string;
}

/** Windows that are chosen from, and rates below 44.1 kHz. */
const windowsSeconds = [1, 2.5, 5] as const;
const lowRatesHz = [8000, 16_000] as const;
/** A clip that is longer than a window by more than a tenth would be cut into several, some of silence. */
const maxExcess = 1.1;
const fittingFraction = 0.9;
/** The recipes' crops and masks are made for 128 frames of about 200. */
const minFrames = 160;
/** Clips that are decoded to choose a window, up to twice the longest: a second or two. */
const measuredClips = 100;
const measuredSeconds = 10;

/**
 * The window that a data set trains with: the shortest that the sounds of nine in ten of its clips fit into, and a rate no
 * higher than the files'. Frames follow each other in a 1-s window as much faster as it has at least 160 of them, so
 * that the recipes mean the same. Sounds of 3 to 5 s at 44.1 kHz keep the default features, to the hash.
 * @param clips of the data set, or some of them @param windowSeconds as the user wants it
 */
export function chooseWindow(clips: readonly ClipMeasure[], windowSeconds?: number): WindowChoice {
  const lengths = clips.map(({ soundSeconds }) => soundSeconds).sort((one, other) => one - other);
  const fitting = lengths[Math.ceil(fittingFraction * lengths.length) - 1];
  const longest = at(windowsSeconds, -1);
  const chosen =
    fitting === undefined
      ? longest
      : (windowsSeconds.find((seconds) => fitting <= maxExcess * seconds) ?? longest);
  const clipSeconds = windowSeconds ?? chosen;
  const lowRateHz = lowRatesHz.find(
    (rateHz) => clips.length > 0 && clips.every(({ sampleRateHz }) => sampleRateHz <= rateHz),
  );
  const sampleRateHz = lowRateHz ?? defaultFeatureConfig.sampleRateHz;
  const fftSamples = lowRateHz === undefined ? defaultFeatureConfig.fftSamples : 1024;
  const features = { clipSeconds, sampleRateHz, fftSamples, hopSamples: pickHop() };
  const isLong = fitting !== undefined && fitting > maxExcess * longest;
  const length = isLong
    ? `more than one sound in ten lasts over ${longest} s`
    : `nine in ten sounds last at most ${fitting?.toFixed(2) ?? ""} s, silent ends left out`;
  const reason =
    windowSeconds === undefined && fitting !== undefined
      ? `${length}; --window-seconds sets another`
      : "as asked";
  const rate = `${sampleRateHz / 1000} kHz${lowRateHz === undefined ? "" : ", as no file has a higher rate"}`;
  return { features, note: `windows of ${clipSeconds} s at ${rate}: ${reason}` };

  function pickHop(): number {
    let hopSamples = fftSamples / 2;
    const samples = Math.round(clipSeconds * sampleRateHz);
    const count = (hop: number) =>
      countFrames({ ...defaultFeatureConfig, fftSamples, hopSamples: hop }, samples);
    while (hopSamples > fftSamples / 32 && count(hopSamples) < minFrames) hopSamples /= 2;
    return hopSamples;
  }
}

/** As settings of a job, those that are not the default ones. */
export function listWindowOverrides({ features }: WindowChoice): Overrides {
  const changed = Object.entries(features).filter(
    ([name, value]) => !Object.entries(defaultFeatureConfig).some(([key, usual]) => key === name && usual === value),
  );
  return Object.fromEntries(changed.map(([name, value]) => [`features.${name}`, value]));
}

/**
 * Some clips, evenly drawn from the data set. Bad files are left out: they are reported with their features. Of parts of
 * recordings the length is known; the recordings, of hours perhaps, are not decoded for their rate or their silence. A
 * file of more than 10 s counts as sound of that length, and no more of it is read.
 */
export async function measureClips(clips: readonly Clip[]): Promise<ClipMeasure[]> {
  const step = Math.max(1, clips.length / measuredClips);
  const measured: ClipMeasure[] = [];
  for (let place = 0; place < clips.length; place += step) {
    const { path, id, range } = at(clips, Math.floor(place));
    if (range !== undefined) {
      const soundSeconds = range.endSeconds - range.startSeconds;
      measured.push({ soundSeconds, sampleRateHz: defaultFeatureConfig.sampleRateHz });
      continue;
    }
    const measure = await measureFile(path, id).catch(() => undefined);
    if (measure !== undefined) measured.push(measure);
  }
  return measured;
}

/** The same of a clip that was decoded whole. */
export function measureFacts({ seconds, soundSeconds, sampleRateHz }: ClipFacts): ClipMeasure {
  return { soundSeconds: seconds > measuredSeconds ? measuredSeconds : soundSeconds, sampleRateHz };
}

async function measureFile(path: string, name: string): Promise<ClipMeasure> {
  const pieces = createReadStream(path);
  try {
    const { sampleRateHz, blocks } = await openAudio({ name, pieces });
    const samples = new Float32Array(Math.ceil(measuredSeconds * sampleRateHz));
    let length = 0;
    for await (const block of blocks) {
      if (length + block.length > samples.length) return { soundSeconds: measuredSeconds, sampleRateHz };
      samples.set(block, length);
      length += block.length;
    }
    return measureFacts(measureClip({ samples: samples.subarray(0, length), sampleRateHz }));
  } finally {
    pieces.destroy();
  }
}
