import { describe, expect, it, onTestFinished } from "vitest";
import { createFeatureCache, type FeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../datasets/feature-set.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { makeNoiseWav, smallConfig } from "./sounds.ts";
import { makeFolder } from "./temporary-folder.ts";

function openCache(): FeatureCache {
  const cache = createFeatureCache({
    folder: makeFolder(),
    config: smallConfig,
    extractor: "meyda",
    threads: 0,
  });
  onTestFinished(() => cache.dispose());
  return cache;
}

const goodFiles = Object.fromEntries(
  ["001 - Dog/1-1-A.wav", "001 - Dog/2-2-A.wav", "002 - Cat/1-3-A.wav", "002 - Cat/2-4-A.wav"].map((file) => [
    file,
    makeNoiseWav(file),
  ]),
);

describe("openFeatureSet", () => {
  it("prepares every clip, reports how far it is, and computes nothing the second time", async () => {
    const dataset = await readDataset(makeFolder(goodFiles));
    const cache = openCache();
    const seen: string[] = [];
    const onProgress = (done: number, total: number): void => {
      seen.push(`${done}/${total}`);
    };
    const first = await openFeatureSet(dataset, cache, { onProgress });
    expect(seen).toEqual(["1/4", "2/4", "3/4", "4/4"]);
    expect(first.statistics).toEqual({ hits: 0, computed: 4, repaired: 0 });
    expect(first.labels).toEqual(["Cat", "Dog"]);
    expect(first.clips).toEqual(dataset.clips);
    expect(first.cached.map(({ clip }) => clip)).toEqual(dataset.clips);
    expect(await first.read(2)).toEqual(await cache.read(dataset.clips[2] ?? expect.fail()));
    const second = await openFeatureSet(dataset, cache);
    expect(second.statistics).toEqual({ hits: 4, computed: 0, repaired: 0 });
    await expect(second.read(4)).rejects.toThrow("clip 4: expected one of 4 clips");
  });

  it("lists a long clip's windows with their parent and their place in the file", async () => {
    const files = { ...goodFiles, "001 - Dog/1-1-A.wav": makeNoiseWav("long", { seconds: 0.5 }) };
    const dataset = await readDataset(makeFolder(files));
    const set = await openFeatureSet({ ...dataset, trimsLongClips: false }, openCache());
    expect(set.clips).toHaveLength(5);
    expect(set.clips.slice(0, 2)).toMatchObject([
      {
        id: "001 - Dog/1-1-A.wav#1",
        parent: "001 - Dog/1-1-A.wav",
        range: { startSeconds: 0, endSeconds: 0.25 },
      },
      {
        id: "001 - Dog/1-1-A.wav#2",
        parent: "001 - Dog/1-1-A.wav",
        range: { startSeconds: 0.25, endSeconds: 0.5 },
      },
    ]);
    expect(await set.read(0)).not.toEqual(await set.read(1));
    expect(set.cached).toHaveLength(4);
    const trimmed = await openFeatureSet(dataset, openCache());
    expect(trimmed.clips).toEqual(dataset.clips); // ESC's layout: 5 s, whatever stands behind
    expect(await trimmed.read(0)).toEqual(await set.read(0));
  });

  const badFiles = {
    "001 - Dog/1-5-A.wav": "just text",
    "001 - Dog/2-6-A.ogg": "",
    "002 - Cat/2-7-A.wav": makeNoiseWav("cut").subarray(0, 300),
  };

  it("lists all bad clips together, each with its reason", async () => {
    const dataset = await readDataset(makeFolder({ ...goodFiles, ...badFiles }));
    const message = await openFeatureSet(dataset, openCache()).catch(String);
    expect(message).toContain("3 problems\n  001 - Dog/1-5-A.wav: expected");
    expect(message).toMatch(
      /\n {2}001 - Dog\/2-6-A.ogg: expected [^\n]*\n {2}002 - Cat\/2-7-A.wav: expected/,
    );
    expect(message).toMatch(/\n--skip-bad-clips continues without them$/);
  });

  it("leaves them out on demand, and lists which", async () => {
    const dataset = await readDataset(makeFolder({ ...goodFiles, ...badFiles }));
    const set = await openFeatureSet(dataset, openCache(), { skipBadClips: true });
    expect(set.clips).toHaveLength(4);
    expect(set.badClips.map(({ clip }) => clip.id)).toEqual(Object.keys(badFiles));
    expect(set.badClips[0]?.reason).toMatch(/^001 - Dog\/1-5-A.wav: expected /);
  });

  it("stops when skipping would lose a class", async () => {
    const cats = { "002 - Cat/1-3-A.wav": "text", "002 - Cat/2-4-A.wav": "text" };
    const dataset = await readDataset(makeFolder({ ...goodFiles, ...cats }));
    await expect(openFeatureSet(dataset, openCache(), { skipBadClips: true })).rejects.toThrow(
      "class Cat: expected good clips, got none",
    );
  });
});
