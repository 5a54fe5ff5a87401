// What share of ONNX Runtime's own speed is left when files are read, decoded and ranked around it?
// npx tsx benchmarks/predict-throughput.ts runs/latest/model.onnx folder-of-clips [clips]
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { classifyFiles, createClassifier } from "earshot/node";
import { decodeAudio } from "../features/decode.ts";
import { countClipSamples, fitClip } from "../features/fit-clip.ts";
import { resample } from "../features/resample.ts";

const [modelPath = "runs/latest/model.onnx", folder = "clips", count = "40"] = process.argv.slice(2);
const rounds = 3;

const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(wav|mp3|flac|ogg|opus)$/i.test(name))
  .slice(0, Number(count))
  .map((name) => join(folder, name));

await using ears = await createClassifier(modelPath, { allowUnverified: true });
const { features } = ears.info;
const clips: Float32Array[] = [];
for (const path of paths) {
  const { samples } = await resample(await decodeAudio(await readFile(path), path), features.sampleRateHz);
  clips.push(fitClip(samples, countClipSamples(features), features.padding));
}

/** Milliseconds of wall and of processor time for each clip. */
async function measure(work: () => Promise<void>): Promise<{ wallMs: number; processorMs: number }> {
  const begin = performance.now();
  const processor = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(processor);
  const wallMs = (performance.now() - begin) / paths.length;
  return { wallMs, processorMs: (user + system) / 1000 / paths.length };
}

async function scoreOnly(): Promise<void> {
  for (const samples of clips) await ears.classify({ samples, sampleRateHz: features.sampleRateHz });
}

async function fromFiles(): Promise<void> {
  for await (const { error } of classifyFiles(ears, paths)) if (error) throw error;
}

await measure(scoreOnly);
for (let round = 0; round < rounds; round++) {
  const alone = await measure(scoreOnly);
  const files = await measure(fromFiles);
  console.log(
    `a clip: scored ${alone.wallMs.toFixed(1)} ms (processor ${alone.processorMs.toFixed(1)}), ` +
      `from its file ${files.wallMs.toFixed(1)} ms (processor ${files.processorMs.toFixed(1)}): ` +
      `${((100 * alone.wallMs) / files.wallMs).toFixed(0)} % of the speed`,
  );
}
