/**
 * What fraction of ONNX Runtime's own speed is left when files are read, decoded and ranked around it? The model alone on
 * clips in memory, and `classifyFiles` on the same clips in files, in turn. Decoding needs the processor too: where it
 * takes a fraction of what the model takes, no program can keep more of the speed than `bound` says.
 *
 *     tsx benchmarks/inference/predict-throughput.ts [--model runs/latest/model.onnx] [--clips folder] [--count 400]
 *       [--rounds 5] [--json]
 */
import { at } from "../../common/at.ts";
import { availableParallelism } from "node:os";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as ort from "onnxruntime-node";
import { classifyFiles, createClassifier, createOrtScorer, type SampleShape } from "earshot/node";
import { ensureSyntheticDataset } from "../../datasets/synthetic/synthetic.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { fitSamples } from "../../features/fit-samples.ts";
import { resample } from "../../features/resample/resample.ts";
import { defaultModelPath } from "../../pipeline/default-model.ts";
import { listAudioFiles } from "../../pipeline/data/list-audio-files.ts";

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    clips: { type: "string" },
    count: { type: "string", default: "400" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const modelPath = options.model ?? (await defaultModelPath());
const folder = options.clips ?? (await ensureSyntheticDataset(".cache"));
const found = await listAudioFiles([folder]);
const paths = Array.from({ length: Number(options.count) }, (_, index) => at(found, index % found.length));

await using classifier = await createClassifier(modelPath, { allowUnverified: true });
const scorer = createOrtScorer<SampleShape>(
  await ort.InferenceSession.create(await readFile(modelPath)),
  ort,
);
const { features, input } = classifier.info;
if (input !== "samples") throw new Error(`${modelPath}: expected a model of samples, got one of ${input}`);
const clipSamples = countClipSamples(features);

async function readClip(path: string): Promise<Float32Array> {
  const waveform = await decodeAudio(await readFile(path), path);
  const { samples } = await resample(waveform, features.sampleRateHz);
  return fitSamples(samples, clipSamples, features.padding);
}

/** Milliseconds a clip. */
async function time(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / paths.length;
}

const clips: Float32Array[] = [];
const decodeMs = await time(async () => {
  for (const path of paths) clips.push(await readClip(path));
});
const scoreClips = async () => {
  for (const clip of clips) await scorer.score(clip, [1, clipSamples]);
};
const classifyPaths = async () => {
  for await (const { error } of classifyFiles(classifier, paths, { concurrency: availableParallelism() + 2 }))
    if (error !== undefined) throw error;
};

await scoreClips();
await classifyPaths();
const scored: number[] = [];
const classified: number[] = [];
for (let round = 0; round < Number(options.rounds); round++) {
  scored.push(await time(scoreClips));
  classified.push(await time(classifyPaths));
}
await scorer.dispose();

const cores = availableParallelism();
const ratios = scored.map((ms, round) => ms / at(classified, round));
const alone = findMedian(scored);
const row = {
  benchmark: "predict",
  case: `${paths.length} files, ${cores} cores`,
  subject: "files",
  peer: "onnxruntime alone",
  /** Fraction of the peer's clips a second that is left. */
  ratio: findMedian(ratios),
  ratioMin: Math.min(...ratios),
  ratioMax: Math.max(...ratios),
  unit: "ms",
  subjectMedian: findMedian(classified),
  peerMedian: alone,
  decodeMs,
  /** The largest share possible: all cores are busy with the model while it runs, and decode besides. */
  bound: alone / Math.max(alone, alone + decodeMs / cores),
  versions: { "onnxruntime-node": ort.env.versions.node ?? "" },
};

function findMedian(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

if (options.json) console.log(JSON.stringify({ rows: [row], absent: [] }, undefined, 2));
else
  console.log(
    `${row.case}: onnxruntime alone ${alone.toFixed(2)} ms a clip, from files ${row.subjectMedian.toFixed(2)} ms: ` +
      `${row.ratio.toFixed(2)} of the speed (${row.ratioMin.toFixed(2)} to ${row.ratioMax.toFixed(2)}); ` +
      `decoding takes ${decodeMs.toFixed(2)} ms of one core, so at most ${row.bound.toFixed(2)} is possible`,
  );
