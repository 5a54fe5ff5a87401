import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createRandom } from "../../common/random.ts";

const clipSeconds = 5;
const classes = 10;
/** Small files, so that thousands fit on a disk; they are resampled, as most users' are. */
const sampleRateHz = 16_000;

/** A folder per class of noise, each file with other bytes, for the feature cache would compute copies once. */
export async function writeClips(folder: string, clips: number): Promise<void> {
  for (let label = 0; label < classes; label++) {
    await mkdir(path.join(folder, `class ${label}`), { recursive: true });
  }
  const noise = makeNoise(clipSeconds);
  for (let clip = 0; clip < clips; clip++) {
    noise[clip] = 0.75;
    const file = path.join(folder, `class ${clip % classes}`, `clip ${clip}.wav`);
    await writeFile(file, encodeWav({ samples: noise, sampleRateHz }));
  }
}

/** Noise that repeats each second, written without holding it all. */
export async function writeRecording(file: string, seconds: number): Promise<void> {
  const second = Buffer.from(encodeWav({ samples: makeNoise(1), sampleRateHz }));
  const samples = second.subarray(second.indexOf("data") + 8);
  const head = Buffer.from(second.subarray(0, second.length - samples.length));
  head.writeUInt32LE(head.length - 8 + seconds * samples.length, 4);
  head.writeUInt32LE(seconds * samples.length, head.length - 4);
  await pipeline(function* () {
    yield head;
    for (let count = 0; count < seconds; count++) yield samples;
  }, createWriteStream(file));
}

function makeNoise(seconds: number): Float32Array<ArrayBuffer> {
  const random = createRandom(1, "growth benchmark");
  return new Float32Array(seconds * sampleRateHz).map(() => random.next() - 0.5);
}
