import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { encodeWav } from "./encode-wav.ts";
import { createRandom, type Random } from "./random.ts";
import {
  addAt,
  between,
  highPass,
  lowPass,
  makeNoise,
  normaliseRms,
  sampleRateHz,
  setPeak,
} from "./synthetic/signal.ts";
import { sounds, type Sound } from "./synthetic/sounds.ts";

/** Goes up with every change of the sounds, so that an old folder is not taken for the new set. */
export const syntheticVersion = 1;

const folds = 5;
const clipSeconds = 5;
/** Takes of each recording of a fold: the first recording gives two clips, as some of ESC-10's do. */
const takesPerRecording = ["AB", "A", "A"] as const;
const seed = 20_261_123;

const classes: readonly (readonly [label: string, sound: Sound])[] = Object.entries(sounds);

/**
 * Writes the embedded data set into `<cacheFolder>/synthetic-<version>/`, in the layout of ESC-10, unless it is there:
 * ten synthesised classes, 5 folds, 200 clips of 5 s at 44.1 kHz (88 MB), the same bits on every machine. The folder
 * appears whole or not at all, also when several processes write it at once.
 * @returns the folder
 */
export async function ensureSyntheticDataset(cacheFolder: string): Promise<string> {
  const root = path.join(cacheFolder, `synthetic-${syntheticVersion}`);
  if (!(await isComplete(root))) await writeSyntheticDataset(root);
  return root;
}

/** Writes the embedded data set into `root`, replacing what is there. */
export async function writeSyntheticDataset(root: string): Promise<void> {
  const temporary = `${root}.${process.pid}.tmp`;
  try {
    for (const [index, [label, sound]] of classes.entries()) {
      const folder = path.join(temporary, `${String(index + 1).padStart(3, "0")} - ${label}`);
      await mkdir(folder, { recursive: true });
      for (const name of clipNames(index)) {
        await writeFile(path.join(folder, name.file), makeClip(label, sound, name));
      }
    }
    await rm(root, { recursive: true, force: true });
    await rename(temporary, root).catch(async (error: unknown) => {
      if (!(await isComplete(root))) throw error; // else another process was faster, with the same bits
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

interface ClipName {
  readonly file: string;
  readonly recording: string;
  readonly take: string;
}

function clipNames(classIndex: number): ClipName[] {
  const names: ClipName[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    for (const [index, takes] of takesPerRecording.entries()) {
      const recording = `${fold}-${1000 * (classIndex + 1) + 10 * fold + index}`;
      for (const take of takes) names.push({ file: `${recording}-${take}.wav`, recording, take });
    }
  }
  return names;
}

function makeClip(label: string, sound: Sound, { recording, take }: ClipName): Uint8Array {
  const ofRecording = createRandom(seed, `${label}/${recording}`);
  const ofTake = createRandom(seed, `${label}/${recording}/${take}`);
  const length = clipSeconds * sampleRateHz;
  const samples = normaliseRms(sound(ofRecording, ofTake, length));
  addAt(samples, makeBackground(ofRecording, ofTake, length), 0, between(ofRecording, 0.05, 0.9));
  const other = classes[ofRecording.integer(classes.length)];
  if (other !== undefined && other[0] !== label) {
    const distractor = normaliseRms(other[1](ofRecording, ofTake, length));
    addAt(samples, distractor, 0, between(ofRecording, 0, 0.5));
  }
  return encodeWav({ samples: setPeak(samples, between(ofTake, 0.1, 0.95)), sampleRateHz });
}

/** Noise of the recording's place: any colour from a deep rumble to a bright hiss. */
function makeBackground(ofRecording: Random, ofTake: Random, length: number): Float32Array {
  const noise = makeNoise(ofTake, length);
  const coloured = lowPass(highPass(noise, between(ofRecording, 20, 400)), between(ofRecording, 400, 15_000));
  return normaliseRms(coloured);
}

async function isComplete(root: string): Promise<boolean> {
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  const clips = entries.filter((entry) => entry.endsWith(".wav"));
  return clips.length === classes.length * clipNames(0).length;
}
