import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { createRandom } from "../../common/random.ts";
import type { Clip } from "../../datasets/dataset.ts";
import { sampleRateHz, setPeak } from "../../datasets/synthetic/signal.ts";
import { type Sound, sounds } from "../../datasets/synthetic/sounds.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import type { Classifier, NodeSource } from "../../runtime/node.ts";
import { type SampleCredit, sampleCreditSchema } from "../../web-demo/model/demo-file.ts";
import { isBackboneRun, openBackboneRunData } from "../backbones/kept-run.ts";
import { programFolder } from "../program-folders.ts";
import { openDataset } from "../runs/open-data.ts";
import { readClipSamples } from "../parity/pick-parity-clips.ts";
import { openRun } from "../runs/run-folder.ts";

/** A sound that the page offers. */
interface DemoSample {
  readonly label: string;
  readonly fileName: string;
  readonly content: Uint8Array;
  /** Whose work it is, of clips that others may pass on. */
  readonly credit?: SampleCredit;
}

export interface PickedSamples {
  readonly samples: readonly DemoSample[];
  /** Where they come from, for people. */
  readonly note: string;
}

/** Clips of one class that are tried before one is taken that the model names otherwise. */
const maxTries = 12;
/** Larger files are cut to the model's clip, so that the page stays light. */
const maxFileBytes = 300_000;
const longestSoundSeconds = 5;

/** One clip a class from the data of the model's run, where both are at hand; else those of the package. */
export async function pickSamples(
  classifier: Classifier<NodeSource>,
  modelPath: string,
): Promise<PickedSamples> {
  const data = await findData(path.dirname(modelPath)).catch(() => undefined);
  if (data === undefined) return pickPackaged(classifier);
  const { features } = classifier.info;
  const samples: DemoSample[] = [];
  let named = 0;
  for (const label of classifier.info.labels) {
    const clips = data.clips.filter((clip) => clip.label === label).slice(0, maxTries);
    const picked = await pickClip(classifier, clips, { ...data, features });
    if (picked === undefined) continue;
    samples.push(picked.sample);
    if (picked.isNamed) named += 1;
  }
  const note =
    `${data.origin}; of each class, the first that it classifies correctly ` +
    `(${named} of ${samples.length} classes have one among the first ${maxTries}).`;
  return { samples, note };
}

/** What the samples are taken from. */
interface DemoData {
  readonly clips: readonly Clip[];
  /** For people. */
  readonly origin: string;
  readonly maxClipSeconds: number;
}

/** Clips that the run's network was not trained on; of a backbone's head, which trains on all, any. */
async function findData(folder: string): Promise<DemoData> {
  if (await isBackboneRun(folder)) {
    const { clips } = await openBackboneRunData(folder);
    return { clips, origin: "Clips of the training data", maxClipSeconds: 600 };
  }
  const { config } = await openRun(folder);
  const { test, validation } = config.job.folds;
  const { clips } = await openDataset(config);
  return {
    clips: clips.filter(({ fold }) => test.includes(fold) || validation.includes(fold)),
    origin: "Clips from folds that the model was not trained on",
    maxClipSeconds: config.maxClipSeconds,
  };
}

const packagedFolder = path.join(programFolder, "pretrained", "samples");
const packagedSchema = z.array(z.object({ label: z.string(), file: z.string(), credit: sampleCreditSchema }));

/** Of each class that the package has a sound of, one that the model classifies correctly: recorded, else synthesised. */
async function pickPackaged(classifier: Classifier<NodeSource>): Promise<PickedSamples> {
  const list = await readFile(path.join(packagedFolder, "samples.json"), "utf8");
  const recorded = packagedSchema.parse(JSON.parse(list));
  const samples: DemoSample[] = [];
  for (const label of classifier.info.labels) {
    const isNamed = async ({ content }: DemoSample): Promise<boolean> => {
      const [best] = await classifier.classify(content);
      return best.label === label && best.probability >= 0.5;
    };
    const own = recorded.find((sample) => nameFile(sample.label) === nameFile(label));
    if (own !== undefined) {
      const content = await readFile(path.join(packagedFolder, own.file));
      const sample = { label, fileName: own.file, content, credit: own.credit };
      if (await isNamed(sample)) {
        samples.push(sample);
        continue;
      }
    }
    const seconds = Math.min(classifier.info.windowSeconds, longestSoundSeconds);
    for (let take = 0; take < maxTries; take++) {
      const sound = synthesiseSound(label, take, seconds);
      if (sound === undefined) break;
      const sample = { label, fileName: `${nameFile(label)}.wav`, content: encodeWav(sound) };
      if (!(await isNamed(sample))) continue;
      samples.push(sample);
      break;
    }
  }
  return { samples, note: describePackaged(samples) };
}

function describePackaged(samples: readonly DemoSample[]): string {
  if (samples.length === 0)
    return "No samples: the data of this model is not at hand. Open a sound, or use the microphone.";
  const recorded = "Clips of ESC-10 (CC BY 3.0); a model that was trained on it knows them";
  const credited = samples.filter(({ credit }) => credit !== undefined).length;
  if (credited === samples.length) return `${recorded}.`;
  return credited === 0 ? "Synthesised sounds." : `${recorded}; the others are synthesised.`;
}

/** By a word of the label, what can be synthesised. */
const makers: Readonly<Record<string, Sound>> = {
  bell: sounds.Bell,
  bird: sounds.Bird,
  clock: sounds.Clock,
  cricket: sounds.Cricket,
  engine: sounds.Engine,
  rain: sounds.Rain,
  siren: sounds.Siren,
  wind: sounds.Wind,
};

/** @returns the sound of a class, or undefined where none is known @param take others of the same class */
export function synthesiseSound(label: string, take: number, seconds: number): Waveform | undefined {
  const words = label.toLowerCase().split(/[^a-z]+/);
  const make = words.map((word) => makers[word]).find((maker) => maker !== undefined);
  if (make === undefined) return undefined;
  const random = (part: string) => createRandom(take, `demo/${label}/${part}`);
  const samples = make(random("recording"), random("take"), Math.round(seconds * sampleRateHz));
  return { samples: setPeak(samples, 0.6), sampleRateHz };
}

interface ClipReading extends Pick<DemoData, "maxClipSeconds"> {
  readonly features: FeatureConfig;
}

async function pickClip(
  classifier: Classifier<NodeSource>,
  clips: readonly Clip[],
  reading: ClipReading,
): Promise<{ sample: DemoSample; isNamed: boolean } | undefined> {
  let first: DemoSample | undefined;
  for (const clip of clips) {
    const sample = await readSample(clip, reading);
    const [best] = await classifier.classify(sample.content);
    if (best.label === clip.label) return { sample, isNamed: true };
    first ??= sample;
  }
  return first && { sample: first, isNamed: false };
}

/** The file as it is, or the start of a long one as WAV. */
async function readSample(clip: Clip, { features, maxClipSeconds }: ClipReading): Promise<DemoSample> {
  const name = nameFile(clip.label);
  const bytes = await readFile(clip.path);
  if (bytes.length <= maxFileBytes && clip.range === undefined)
    return { label: clip.label, fileName: `${name}${path.extname(clip.path)}`, content: bytes };
  const samples = await readClipSamples(clip, features, maxClipSeconds);
  const content = encodeWav({ samples, sampleRateHz: features.sampleRateHz });
  return { label: clip.label, fileName: `${name}.wav`, content };
}

function nameFile(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
