/**
 * Whether changed copies of the training clips help a head on a frozen backbone: other speeds, a bed of noise, other
 * levels, crops. Prints the accuracy of logistic regression for 1 to 10 clips a class, 25 draws, on the tested clips as
 * they are and in a bed of another kind, 10 dB below them.
 *
 *     npx tsx benchmarks/few-shot/augmentation.ts ../shared/esc10 ../shared/backbones/yamnet.onnx
 */
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-node";
import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import { resample } from "../../features/resample/resample.ts";
import { fitLogisticRegression } from "../../heads/logistic-regression.ts";
import { type Matrix, normaliseRows, stackRows, takeRows } from "../../heads/matrix.ts";
import { poolEmbeddings } from "../../heads/pool-windows.ts";
import { embedClips } from "../../pipeline/backbones/embed-clips.ts";
import { loadBackbone } from "../../pipeline/backbones/load-backbone.ts";
import { type BedName, computePower, makeBed } from "../field/beds.ts";
import { averageDraws, listClasses, measureAccuracy } from "./measure-draws.ts";

const clipCounts = [1, 2, 3, 5, 10];
const strength = 100;
/** Of each class: six copies of every clip are embedded, and half of ESC-10 says as much. */
const clipsOfFold = 4;

const [data = "../shared/esc10", file = "../shared/backbones/yamnet.onnx"] = process.argv.slice(2);
const loaded = await loadBackbone(file);
const dataset = await readDataset(data);
const taken = new Map<string, number>();
const clips = dataset.clips.filter(({ label, fold }) => {
  const count = taken.get(`${label} ${fold}`) ?? 0;
  taken.set(`${label} ${fold}`, count + 1);
  return count < clipsOfFold;
});
const embedded = await embedClips({ ...dataset, clips }, loaded, {
  skipBadClips: false,
  maxClipSeconds: 600,
});
const embedder = await createBackboneEmbedder(loaded, ort, { threads: 1 });
const { sampleRateHz } = embedder;
const classOf = listClasses(embedded);
const sounds: Float32Array[] = [];
for (const { path, id } of embedded.clips)
  sounds.push((await resample(await decodeAudio(await readFile(path), id), sampleRateHz)).samples);

type Change = (samples: Float32Array, random: Random) => Float32Array | Promise<Float32Array>;

/** Played so many times as fast, pitch and all. */
const atSpeed =
  (speed: number): Change =>
  async (samples) => {
    const played = { samples, sampleRateHz: Math.round(sampleRateHz * speed) };
    return (await resample(played, sampleRateHz)).samples;
  };

const overBed =
  (names: readonly BedName[], decibels: (random: Random) => number): Change =>
  (samples, random) => {
    const bed = makeBed(at(names, random.integer(names.length)), random, samples.length, sampleRateHz);
    const scale = Math.sqrt(computePower(samples) / 10 ** (decibels(random) / 10));
    return samples.map((sample, index) => sample + scale * at(bed, index));
  };

const changes: Readonly<Record<string, Change>> = {
  slower: atSpeed(0.9),
  faster: atSpeed(1.1),
  bed: overBed(["ventilation", "street"], (random) => 30 * random.next()),
  level: (samples, random) => {
    const scale = 10 ** -random.next();
    return samples.map((sample) => scale * sample);
  },
  crop: (samples, random) => {
    const length = Math.ceil(samples.length * (0.4 + 0.4 * random.next()));
    const start = random.integer(samples.length - length + 1);
    return samples.slice(start, start + length);
  },
};

const rows = normaliseRows(embedded.rows);
const noisy = await embedChanged(
  "tested bed",
  overBed(["murmur", "kitchen"], () => 10),
);
const changed: Record<string, Matrix> = {};
print("none", []);
for (const [name, change] of Object.entries(changes)) {
  const copies = await embedChanged(name, change);
  changed[name] = copies;
  print(name, [copies]);
}
print("all", Object.values(changed));
await embedder.dispose();

/** A row for each clip, changed once. */
async function embedChanged(name: string, change: Change): Promise<Matrix> {
  const pooled: Float64Array[] = [];
  for (const [index, samples] of sounds.entries()) {
    const { dimensions, values } = await embedder.embed(
      Float32Array.from(await change(samples, createRandom(index, name))),
    );
    pooled.push(poolEmbeddings(values, dimensions));
  }
  return normaliseRows(stackRows(pooled));
}

/** A line each for clean and noisy tests. @param copies rows that train beside the clips as they are */
function print(name: string, copies: readonly Matrix[]): void {
  for (const [where, tests] of [
    ["as they are", rows],
    ["in a bed", noisy],
  ] as const) {
    const cells = clipCounts.map((count) => {
      const { accuracy, deviation } = averageDraws(embedded, count, ({ trained, tested }) => {
        const parts = [rows, ...copies].map((matrix) => takeRows(matrix, trained));
        const head = fitLogisticRegression(
          {
            rows: {
              rows: parts.length * trained.length,
              columns: rows.columns,
              values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
            },
            labels: parts.flatMap(() => trained.map((place) => at(classOf, place))),
            classes: embedded.labels.length,
          },
          strength,
        );
        return measureAccuracy(
          head,
          takeRows(tests, tested),
          tested.map((place) => at(classOf, place)),
        );
      });
      return `${accuracy.toFixed(1)} ± ${deviation?.toFixed(1) ?? "none"}`;
    });
    console.log([name, where, ...cells].join(" | "));
  }
}
