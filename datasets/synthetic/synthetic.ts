import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createRandom, type Random } from "../../common/random.ts";
import {
  addAt,
  between,
  highPass,
  lowPass,
  makeNoise,
  normaliseRms,
  sampleRateHz,
  setPeak,
} from "./signal.ts";
import { sounds, type Sound } from "./sounds.ts";

/** Goes up with every change of the sounds, so that an old folder is not taken for the new set. */
const syntheticVersion = 2;

/** How much is made; the classes are always the same ten. */
export interface SyntheticSize {
  readonly folds: number;
  readonly clipSeconds: number;
  /** Takes of each recording of a fold, as letters: `AB` gives two clips, as some of ESC-10's recordings do. */
  readonly takes: readonly string[];
}

/** 200 clips of 5 s: 88 MB. */
const embeddedSize: SyntheticSize = { folds: 5, clipSeconds: 5, takes: ["AB", "A", "A"] };

const seed = 20_261_123;

const classes: readonly (readonly [label: string, sound: Sound])[] = Object.entries(sounds);

/**
 * Writes the embedded data set into `<cacheFolder>/synthetic-<version>/`, in the layout of ESC-10, unless it is there:
 * ten synthesised classes at 44.1 kHz, the same bits on every machine. The folder appears whole or not at all, also
 * when several processes write it at once.
 * @returns the folder
 */
export async function ensureSyntheticDataset(cacheFolder: string): Promise<string> {
  const root = path.join(cacheFolder, `synthetic-${syntheticVersion}`);
  if (!(await isComplete(root, embeddedSize))) await writeSyntheticDataset(root);
  return root;
}

/** Writes the data set into `root`, in place of an incomplete one. */
export async function writeSyntheticDataset(root: string, size: SyntheticSize = embeddedSize): Promise<void> {
  await mkdir(path.dirname(root), { recursive: true });
  const temporary = await mkdtemp(`${root}.tmp-`);
  try {
    for (const [index, [label, sound]] of classes.entries()) {
      const folder = path.join(temporary, `${String(index + 1).padStart(3, "0")} - ${label}`);
      await mkdir(folder, { recursive: true });
      for (const name of listClips(index, size)) {
        await writeFile(path.join(folder, name.file), makeClip(label, sound, name, size.clipSeconds));
      }
    }
    await putInPlace(temporary, root, size);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Moves a folder to `root`, in place of an incomplete one; where another process was faster, its bits are the same. */
async function putInPlace(temporary: string, root: string, size: SyntheticSize, attempts = 5): Promise<void> {
  try {
    await rename(temporary, root);
  } catch (error) {
    if (await isComplete(root, size)) return;
    if (attempts === 1) throw error;
    await moveAway(root, `${temporary}.old`);
    await putInPlace(temporary, root, size, attempts - 1);
  }
}

/** Removes a folder under another name, for another process may put its own in place while this one is emptied. */
async function moveAway(root: string, aside: string): Promise<void> {
  await rename(root, aside).catch(() => undefined); // another process has moved it
  await rm(aside, { recursive: true, force: true });
}

interface SyntheticClip {
  readonly file: string;
  readonly recording: string;
  readonly take: string;
}

function listClips(classIndex: number, { folds, takes }: SyntheticSize): SyntheticClip[] {
  const clips: SyntheticClip[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    for (const [index, letters] of takes.entries()) {
      const recording = `${fold}-${1000 * (classIndex + 1) + 10 * fold + index}`;
      for (const take of letters) clips.push({ file: `${recording}-${take}.wav`, recording, take });
    }
  }
  return clips;
}

function makeClip(
  label: string,
  sound: Sound,
  { recording, take }: SyntheticClip,
  clipSeconds: number,
): Uint8Array {
  const ofRecording = createRandom(seed, `${label}/${recording}`);
  const ofTake = createRandom(seed, `${label}/${recording}/${take}`);
  const length = clipSeconds * sampleRateHz;
  const samples = normaliseRms(sound(ofRecording, ofTake, length));
  addAt(samples, makeBackground(ofRecording, ofTake, length), 0, between(ofRecording, 0.02, 0.4));
  const other = classes[ofRecording.integer(classes.length)];
  if (other !== undefined && other[0] !== label) {
    const distractor = normaliseRms(other[1](ofRecording, ofTake, length));
    addAt(samples, distractor, 0, between(ofRecording, 0, 0.25));
  }
  return encodeWav({ samples: setPeak(samples, between(ofTake, 0.1, 0.95)), sampleRateHz });
}

/** Noise of the recording's place: any colour from a deep rumble to a bright hiss. */
function makeBackground(ofRecording: Random, ofTake: Random, length: number): Float32Array {
  const noise = makeNoise(ofTake, length);
  const coloured = lowPass(highPass(noise, between(ofRecording, 20, 400)), between(ofRecording, 400, 15_000));
  return normaliseRms(coloured);
}

async function isComplete(root: string, size: SyntheticSize): Promise<boolean> {
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  const clips = entries.filter((entry) => entry.endsWith(".wav"));
  return clips.length === classes.length * listClips(0, size).length;
}
