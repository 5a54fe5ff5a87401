import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CacheError } from "../../../datasets/cache/cache-error.ts";
import { createFeatureCache, type FeatureCache } from "../../../datasets/cache/feature-cache.ts";
import type { Dataset } from "../../../datasets/dataset.ts";
import { openFeatureSet } from "../../../datasets/feature-set.ts";
import { makeNoiseWav, smallConfig } from "../sounds.ts";
import { makeFolder } from "../temporary-folder.ts";

const openCache = (folder: string): FeatureCache =>
  createFeatureCache({ folder, config: smallConfig, extractor: "meyda", threads: 0 });

function makeDataset(): Dataset {
  const names = ["a.wav", "b.wav", "c.wav", "d.wav"];
  const root = makeFolder(Object.fromEntries(names.map((name) => [name, makeNoiseWav(name)])));
  const clips = names.map((id) => ({ id, path: path.join(root, id), label: "dog", fold: 1, source: id }));
  return {
    name: "",
    layout: "",
    root,
    labels: ["dog"],
    clips,
    background: [],
    labelling: "one",
    trimsLongClips: false,
    unused: [],
    warnings: [],
  };
}

/** Refused as a whole: bad clips are left out, but no clip is bad because the cache is. */
async function expectRefusal(folder: string, dataset: Dataset, message: RegExp): Promise<void> {
  const opening = openFeatureSet(dataset, openCache(folder), { skipBadClips: true });
  await expect(opening).rejects.toThrow(CacheError);
  await expect(opening).rejects.toThrow(message);
}

function findEntry(folder: string): string {
  const [entry] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".features"),
  );
  return path.join(folder, entry ?? "");
}

describe("a feature cache in which something else has a place", () => {
  it.each([
    [
      "a folder in an entry's",
      (entry: string) => {
        mkdirSync(entry);
      },
      /\.features: .* got a folder in its place; remove it$/,
    ],
    [
      "a file in a folder's",
      (entry: string) => {
        rmSync(path.dirname(entry), { recursive: true, force: true });
        writeFileSync(path.dirname(entry), "");
      },
      /got a file in the place of one of its folders; remove it$/,
    ],
  ])("%s is named, and no clip is called bad", async (_, take, message) => {
    const [dataset, folder] = [makeDataset(), makeFolder()];
    const cache = openCache(folder);
    await openFeatureSet(dataset, cache);
    await cache.dispose();
    const entry = findEntry(folder);
    rmSync(entry);
    take(entry);
    await expectRefusal(folder, dataset, message);
  });
});

/** A disk of 4 kB, where this system lets one be made. */
function makeSmallDisk(): string | undefined {
  const folder = makeFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", [folder]);
  });
  return folder;
}

it("a full disk is named, and no clip is called bad", async ({ skip }) => {
  const disk = makeSmallDisk();
  if (disk === undefined) skip("a full disk needs the right to mount one (root on Linux)");
  else
    await expectRefusal(
      path.join(disk, "features"),
      makeDataset(),
      /got no space left on the disk; free some/,
    );
});
