// How fast is a 3-hour recording, and in how much memory? Writes a WAV file of noise and clicks, then classifies it, or
// classifies a file of yours.
// npx tsx benchmarks/inference/long-recording.ts runs/latest/model.onnx [hours] [sampleRateHz]
// npx tsx benchmarks/inference/long-recording.ts runs/latest/model.onnx recording.mp3
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClassifier } from "earshot/node";

const [modelPath = "runs/latest/model.onnx", hoursOrFile = "3", rate = "44100"] = process.argv.slice(2);
const seconds = Number(hoursOrFile) * 3600;
const sampleRateHz = Number(rate);

/** A WAV file's header, then one second of 16-bit samples after another. */
function* makeRecording(): Generator<Buffer> {
  const bytes = seconds * sampleRateHz * 2;
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(bytes + 36, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  yield header;
  const block = Buffer.alloc(sampleRateHz * 2);
  for (let second = 0; second < seconds; second++) {
    for (let index = 0; index < sampleRateHz; index++) {
      const noise = ((index * 7919 + second * 104_729) % 2001) - 1000;
      block.writeInt16LE(index % 4410 < 50 && second % 60 < 20 ? 20_000 : noise, index * 2);
    }
    yield Buffer.from(block);
  }
}

const reportSeconds = 1080;

async function classify(path: string): Promise<void> {
  await using classifier = await createClassifier(modelPath, { allowUnverified: true });
  let entries = 0;
  let doneSeconds = 0;
  const begin = performance.now();
  const processor = process.cpuUsage();
  for await (const { endSeconds } of classifier.classifyLong(path)) {
    entries += 1;
    if (Math.floor(endSeconds / reportSeconds) > Math.floor(doneSeconds / reportSeconds))
      console.log(`${(endSeconds / 60).toFixed(0)} min: RSS ${toMb(process.memoryUsage().rss / 1024)}`);
    doneSeconds = endSeconds;
  }
  const elapsed = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(processor);
  console.log(
    `${(doneSeconds / 3600).toFixed(2)} h: ${entries} windows in ${elapsed.toFixed(1)} s, ` +
      `${(doneSeconds / elapsed).toFixed(0)} x real time (${((user + system) / 1e6).toFixed(1)} s of processor), ` +
      `largest RSS ${toMb(process.resourceUsage().maxRSS)}`,
  );
}

function toMb(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}

if (Number.isNaN(seconds)) await classify(hoursOrFile);
else {
  const folder = await mkdtemp(join(tmpdir(), "earshot-long-"));
  try {
    const path = join(folder, "recording.wav");
    await pipeline(makeRecording(), createWriteStream(path));
    await classify(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
