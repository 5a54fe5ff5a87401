import path from "node:path";
import { addFiles, makeFolder } from "../datasets/temporary-folder.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createRandom } from "../../common/random.ts";

const sampleRateHz = 44_100;

/** A tone with a little seeded noise: classes differ in pitch, clips in phase and noise. */
export function makeToneWav(pitchHz: number, name: string, seconds = 5): Uint8Array {
  const random = createRandom(1, name);
  const phase = random.next();
  const samples = Float32Array.from(
    { length: Math.round(seconds * sampleRateHz) },
    (_, index) =>
      0.4 * Math.sin(2 * Math.PI * ((pitchHz * index) / sampleRateHz + phase)) + 0.02 * (random.next() - 0.5),
  );
  return encodeWav({ samples, sampleRateHz });
}

/** A temporary folder that holds `sounds/`, as `addSounds` writes it. */
export function makeWorkplace(labels?: readonly [string, string]): {
  readonly folder: string;
  readonly sounds: string;
} {
  const folder = makeFolder();
  return { folder, sounds: addSounds(folder, labels) };
}

/** Writes `sounds/` into a folder: a set of two classes and three folds in ESC-10's layout. @returns its path */
export function addSounds(
  folder: string,
  labels: readonly [string, string] = ["Low, deep", "Hoch Ü"],
): string {
  const sounds = path.join(folder, "sounds");
  for (const [index, label] of labels.entries()) {
    for (const fold of [1, 2, 3]) {
      for (const take of ["A", "B"]) {
        const name = `${fold}-${index}0${fold}-${take}.wav`;
        const file = path.join(`00${index + 1} - ${label}`, name);
        addFiles(sounds, { [file]: makeToneWav(index === 0 ? 200 : 3000, name) });
      }
    }
  }
  return sounds;
}
