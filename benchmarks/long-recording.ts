// How fast is a 3-hour recording, and in how much memory? Writes a WAV file of noise and clicks, then hears it:
// npx tsx benchmarks/long-recording.ts runs/latest/model.onnx [hours] [sampleRateHz]
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClassifier } from "earshot/node";

const [modelPath = "runs/latest/model.onnx", hours = "3", rate = "44100"] = process.argv.slice(2);
const seconds = Number(hours) * 3600;
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

const folder = await mkdtemp(join(tmpdir(), "earshot-long-"));
try {
  const path = join(folder, "recording.wav");
  await pipeline(makeRecording(), createWriteStream(path));
  await using ears = await createClassifier(modelPath, { allowUnverified: true });
  let largestRss = 0;
  let entries = 0;
  let nextReport = 0;
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  for await (const { endSeconds } of ears.classifyLong(path)) {
    entries += 1;
    if (endSeconds < nextReport) continue;
    nextReport = endSeconds + seconds / 10;
    largestRss = Math.max(largestRss, process.memoryUsage().rss / 2 ** 20);
    console.log(`${(endSeconds / 60).toFixed(0)} min: RSS ${largestRss.toFixed(0)} MB`);
  }
  const elapsed = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBegin);
  console.log(
    `${hours} h at ${sampleRateHz} Hz: ${entries} windows in ${elapsed.toFixed(1)} s, ` +
      `${(seconds / elapsed).toFixed(0)} x real time (${((user + system) / 1e6).toFixed(1)} s of processor), ` +
      `largest RSS ${largestRss.toFixed(0)} MB`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
