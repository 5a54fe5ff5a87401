import { readFile } from "node:fs/promises";
import { renderHtmlPage } from "../../common/html-page.ts";
import { drawMel } from "../../datasets/card/draw-clip.ts";
import { html, type Html } from "../../common/html.ts";
import { cardStyle } from "../../datasets/card/style.ts";
import { createClipExtractor } from "../../datasets/extraction/clip-extractor.ts";
import { listLabels, type Clip, type Dataset } from "../../datasets/dataset.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { fitSamples } from "../../features/fit-samples.ts";
import { resample } from "../../features/resample/resample.ts";
import { UserError } from "../../common/user-error.ts";
import type { MelPower } from "../../training/data/augment/mel-power.ts";
import { recipes } from "../../training/jobs/recipes.ts";
import { listChanges, type Change } from "./list-changes.ts";
import { synthesiseMel } from "./synthesise-mel.ts";

/** Of the page's sounds: enough for most, at a third of the bytes of 44.1 kHz. */
const rateHz = 16_000;
const shownSpeeds = [1, 0.8, 1.25];
const peakLevel = 0.7;

const pageStyle = `
.clips { grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 16px; margin-top: 28px; }
.clips figure { display: flex; flex-direction: column; }
.clips img { height: 130px; object-fit: fill; }
.clips figcaption { flex: 1; font-size: 13px; padding: 10px 14px; }
.clips figcaption b { display: block; color: var(--ink); font-size: 15px; font-weight: 600; }
.clips audio { display: block; width: calc(100% - 20px); height: 36px; margin: 0 10px 12px; }
`;

/** A picture to look at with its sound, 16-bit WAV at `rateHz`. */
interface Card {
  readonly title: string;
  readonly explanation: string;
  readonly picture: Buffer;
  /** Of the card's width: a crop is shorter than the clip. */
  readonly widthFraction: number;
  readonly sound: Uint8Array;
}

/**
 * Writes a page with what each augmentation does to one clip of the data set, with pictures and sounds.
 * @throws UserError when the clips cannot be read
 */
export async function writeAugmentPreview(
  file: string,
  dataset: Dataset,
  maxClipSeconds: number,
): Promise<void> {
  const config = { ...defaultFeatureConfig, ...recipes.best.features };
  const [clip, other] = pickTwo(dataset);
  const speeds = new Map<number, MelPower>();
  for (const speed of shownSpeeds)
    speeds.set(speed, await readPower(clip, { config, maxClipSeconds, speed }));
  const own = speeds.get(1) ?? expectPower();
  const partner = await readPower(other, { config, maxClipSeconds, speed: 1 });
  const changes = listChanges({ speeds, other: partner });
  const original = {
    title: "Input of the network",
    explanation: `${clip.id}, before any change.`,
    power: own,
  };
  const scale = {
    frames: own.frames,
    loudestPower: own.power.reduce((most, value) => Math.max(most, value), 0),
    peak: findPeak(synthesiseMel(own, config, rateHz)),
  };
  const cards = [
    { ...drawChange(original, scale, config), ...(await describeFile(clip, config, maxClipSeconds)) },
    ...[original, ...changes].map((change) => drawChange(change, scale, config)),
  ];
  await writeFileAtomically(file, renderPage(dataset, other, cards));
}

/** The first clips of the first two classes. */
function pickTwo({ clips, labels, root }: Dataset): readonly [Clip, Clip] {
  const [one, other] = labels;
  const find = (label = "", taken?: Clip) =>
    clips.find((clip) => clip !== taken && listLabels(clip).includes(label));
  const first = find(one);
  const second = find(other, first);
  if (first === undefined || second === undefined)
    throw new UserError(`${root}: expected clips of two classes, got ${labels.length} classes`);
  return [first, second];
}

function expectPower(): never {
  throw new Error("expected the clip at speed 1");
}

async function readPower(
  { path, id, range }: Clip,
  settings: { readonly config: FeatureConfig; readonly maxClipSeconds: number; readonly speed: number },
): Promise<MelPower> {
  const extractor = createClipExtractor({ extractor: "graph", ...settings });
  try {
    const { clips } = await extractor.extract({ path, name: id, ranges: [range] });
    const features = clips[0]?.windows[0];
    if (features === undefined) throw new Error(`${id}: expected a window, got none`);
    const { values, frames, bands } = features;
    return { power: values.map(Math.expm1), frames, bands };
  } finally {
    await extractor.dispose();
  }
}

/** The clip's own sound, as it stands in its file. */
async function describeFile(
  { path, id, range }: Clip,
  config: FeatureConfig,
  maxSeconds: number,
): Promise<Pick<Card, "title" | "explanation" | "sound">> {
  const { samples } = await resample(await decodeAudio(await readFile(path), id, { maxSeconds }), rateHz);
  const start = Math.round((range?.startSeconds ?? 0) * rateHz);
  const end = range === undefined ? undefined : Math.round(range.endSeconds * rateHz);
  const clipSamples = countClipSamples({ ...config, sampleRateHz: rateHz });
  const fitted = fitSamples(samples.subarray(start, end), clipSamples, config.padding);
  return {
    title: "As recorded",
    explanation: `The sound of the file itself, brought to ${config.clipSeconds} s.`,
    sound: encodeWav({ samples: scaleTo(fitted, findPeak(fitted)), sampleRateHz: rateHz }),
  };
}

/** What is brightest and loudest in the unchanged clip, so that pictures and sounds can be compared with it. */
interface Scale {
  readonly frames: number;
  readonly loudestPower: number;
  readonly peak: number;
}

function drawChange({ title, explanation, power }: Change, scale: Scale, config: FeatureConfig): Card {
  const features = { values: power.power.map(Math.log1p), frames: power.frames, bands: power.bands };
  const samples = scaleTo(synthesiseMel(power, config, rateHz), scale.peak);
  return {
    title,
    explanation,
    picture: drawMel(features, 1, Math.log1p(scale.loudestPower)),
    widthFraction: Math.min(1, power.frames / scale.frames),
    sound: encodeWav({ samples, sampleRateHz: rateHz }),
  };
}

function findPeak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
}

function scaleTo(samples: Float32Array, peak: number): Float32Array {
  return samples.map((sample) => (sample * peakLevel) / peak);
}

function renderPage(dataset: Dataset, other: Clip, cards: readonly Card[]): string {
  return renderHtmlPage({
    title: `${dataset.name}: augmentation`,
    style: cardStyle + pageStyle,
    body: html`<h1>How augmentation changes clips in training</h1>
      <p>
        Each time that a clip is used in training, it is changed anew, so that the network cannot memorise it.
        Every change is shown here on one clip; it is mixed with ${other.id}. Time runs to the right,
        frequency upwards, the stronger the colour the louder, on one scale for all pictures.
      </p>
      <p class="soft">
        All changes but speed are made on mel power, the picture itself, which has no sound of its own. The
        sounds are synthesised from each picture by a few tones in every band: they sound like a whisper and
        have lost their fine pitch, as the second card beside the first one shows, but level, timbre and time
        are right.
      </p>
      <div class="clips">${cards.map(renderCard)}</div>
      <footer>Made by earshot from ${dataset.root}</footer>`,
  });
}

function renderCard({ title, explanation, picture, widthFraction, sound }: Card): Html {
  return html`<figure>
    <img
      class="spectrogram"
      alt="log-mel: ${title}"
      style="width:${(100 * widthFraction).toFixed(1)}%"
      src="data:image/png;base64,${picture.toString("base64")}"
    />
    <figcaption><b>${title}</b>${explanation}</figcaption>
    <audio
      controls
      preload="none"
      aria-label="${title}"
      src="data:audio/wav;base64,${Buffer.from(sound).toString("base64")}"
    ></audio>
  </figure>`;
}
