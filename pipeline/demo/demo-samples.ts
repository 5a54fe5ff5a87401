import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clip } from "../../datasets/dataset.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import type { Classifier, NodeSource } from "../../runtime/node.ts";
import { isBackboneRun, openBackboneRunData } from "../backbones/kept-run.ts";
import { synthesiseSound } from "./demo-sounds.ts";
import { openDataset } from "../runs/open-data.ts";
import { readClipSamples } from "../parity/pick-parity-clips.ts";
import { openRun } from "../runs/run-folder.ts";

/** A sound that the page offers. */
interface DemoSample {
  readonly label: string;
  readonly fileName: string;
  readonly content: Uint8Array;
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

/** One clip a class from the data of the model's run, where both are at hand; else synthesised ones. */
export async function pickSamples(
  classifier: Classifier<NodeSource>,
  modelPath: string,
): Promise<PickedSamples> {
  const data = await findData(path.dirname(modelPath)).catch(() => undefined);
  if (data === undefined) return synthesiseSamples(classifier);
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

/** Of each class whose sound is known, the first take that the model classifies correctly. */
async function synthesiseSamples(classifier: Classifier<NodeSource>): Promise<PickedSamples> {
  const samples: DemoSample[] = [];
  for (const label of classifier.info.labels) {
    for (let take = 0; take < maxTries; take++) {
      const sound = synthesiseSound(
        label,
        take,
        Math.min(classifier.info.windowSeconds, longestSoundSeconds),
      );
      if (sound === undefined) break;
      const [best] = await classifier.classify(sound);
      if (best.label !== label || best.probability < 0.5) continue;
      samples.push({ label, fileName: `${nameFile(label)}.wav`, content: encodeWav(sound) });
      break;
    }
  }
  const note =
    samples.length === 0
      ? "No samples: the data of this model is not at hand. Open a sound, or use the microphone."
      : "Synthesised sounds that the model classifies correctly, as the data of its training is not at hand.";
  return { samples, note };
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
