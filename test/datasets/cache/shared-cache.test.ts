import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { createFeatureCache } from "../../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../../datasets/feature-set.ts";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeNoiseWav, smallConfig } from "../sounds.ts";
import { makeFolder } from "../temporary-folder.ts";

const run = promisify(execFile);
const statisticsSchema = z.object({ hits: z.int(), computed: z.int(), repaired: z.int() });

it(
  "is filled by several processes at once, each of which gets every clip",
  { timeout: 120_000 },
  async () => {
    const files = Array.from(
      { length: 40 },
      (_, clip) => `00${1 + (clip % 2)} - ${clip % 2}/${1 + (clip % 5)}-${clip}-A.wav`,
    );
    const root = makeFolder(Object.fromEntries(files.map((file) => [file, makeNoiseWav(file)])));
    const folder = makeFolder();
    const child = path.join(import.meta.dirname, "compute-features-child.ts");
    const args = ["--import", import.meta.resolve("tsx"), child, root, folder];
    const answers = await Promise.all([1, 2, 3].map(() => run(process.execPath, args)));
    for (const { stdout } of answers) {
      const { hits, computed, repaired } = statisticsSchema.parse(JSON.parse(stdout));
      expect(hits + computed).toBe(files.length);
      expect(repaired).toBe(0); // nobody saw another's half-written entry
    }

    const left = readdirSync(folder, { recursive: true, encoding: "utf8" });
    expect(left.filter((file) => file.endsWith(".features"))).toHaveLength(files.length);
    expect(left.filter((file) => file.includes("tmp"))).toEqual([]);
    const cache = createFeatureCache({ folder, config: smallConfig, extractor: "meyda", threads: 0 });
    onTestFinished(() => cache.dispose());
    const { statistics } = await openFeatureSet(await readDataset(root), cache);
    expect(statistics).toEqual({ hits: files.length, computed: 0, repaired: 0 });
  },
);
