// Does memory stay flat for large data sets? Computes the features of few and of many clips, each in a process of its
// own, and compares the largest resident memory; exit code 1 when the many take a tenth more.
// npx tsx benchmarks/features/feature-memory.ts [few] [many] [rounds]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createFeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../datasets/feature-set.ts";
import { createRandom } from "../../common/random.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";

const allowedGrowth = 0.1;
const clipSeconds = 5;
/** Small files, so that thousands fit on a disk; they are resampled, as most users' are. */
const sampleRateHz = 16_000;
const classes = 10;

/** A folder per class of noise, each file with other bytes, for the cache would compute copies once. */
async function writeClips(folder: string, clips: number): Promise<void> {
  for (let label = 0; label < classes; label++)
    await mkdir(join(folder, `class ${label}`), { recursive: true });
  const random = createRandom(1, "memory");
  const noise = new Float32Array(clipSeconds * sampleRateHz).map(() => random.next() - 0.5);
  for (let clip = 0; clip < clips; clip++) {
    noise[clip] = 0.75;
    const file = join(folder, `class ${clip % classes}`, `clip ${clip}.wav`);
    await writeFile(file, encodeWav({ samples: noise, sampleRateHz }));
  }
}

/** Computes all features, then reads each once, as training does. */
async function computeFeatures(folder: string, cacheFolder: string): Promise<void> {
  const cache = createFeatureCache({ folder: cacheFolder, config: defaultFeatureConfig, extractor: "graph" });
  const set = await openFeatureSet(await readDataset(folder), cache);
  for (const index of set.clips.keys()) await set.read(index);
  await cache.dispose();
  console.log(process.resourceUsage().maxRSS / 1024);
}

/** Largest resident memory of a process that computes the features of `clips` clips, in MB. */
async function measure(clips: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "earshot-memory-"));
  try {
    await writeClips(join(folder, "sounds"), clips);
    const started = performance.now();
    const child = spawn(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), fileURLToPath(import.meta.url), "compute", folder],
      // As every stage is started (setup/bootstrap.mjs).
      { stdio: ["ignore", "pipe", "inherit"], env: { MALLOC_ARENA_MAX: "2", ...process.env } },
    );
    const ending = once(child, "close");
    const megabytes = Number(await text(child.stdout));
    await ending;
    const seconds = (performance.now() - started) / 1000;
    console.log(`${clips} clips: ${megabytes.toFixed(0)} MB at most, ${seconds.toFixed(0)} s`);
    return megabytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [first = "400", second = "4000", rounds = "1"] = process.argv.slice(2);
if (first === "compute") {
  await computeFeatures(join(second, "sounds"), join(second, "cache"));
} else {
  const totals = { few: 0, many: 0 };
  for (let round = 0; round < Number(rounds); round++) {
    totals.few += await measure(Number(first));
    totals.many += await measure(Number(second));
  }
  const growth = totals.many / totals.few - 1;
  console.log(`${second} clips take ${(100 * growth).toFixed(1)} % more than ${first}`);
  if (growth > allowedGrowth) process.exitCode = 1;
}
