import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Clip } from "../../../datasets/dataset.ts";
import { createFeatureCache, type FeatureCache } from "../../../datasets/cache/feature-cache.ts";
import { extractClip } from "../../../features/clip-features.ts";
import type { FeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { makeNoiseWav, smallConfig } from "../sounds.ts";
import { addFiles, makeFolder } from "../temporary-folder.ts";

function openCache(folder: string, config: FeatureConfig = smallConfig): FeatureCache {
  const cache = createFeatureCache({ folder, config, extractor: "meyda", threads: 0 });
  onTestFinished(() => cache.dispose());
  return cache;
}

function makeClip(root: string, file: string, range?: Clip["range"]): Clip {
  const clip = { id: file, path: path.join(root, file), label: "dog", fold: 1, source: file };
  return range === undefined ? clip : { ...clip, range };
}

function listEntries(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".features"))
    .map((file) => path.join(folder, file));
}

describe("createFeatureCache", () => {
  it("gives what extraction gives, and computes it once for all runs", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a") });
    const folder = makeFolder();
    const clip = makeClip(root, "a.wav");
    const direct = await extractClip(
      readFileSync(clip.path),
      "a.wav",
      smallConfig,
      createMeydaExtractor(smallConfig),
    );
    const first = openCache(folder);
    expect(await first.read(clip)).toEqual(direct);
    expect(await first.read(clip)).toEqual(direct);
    expect(first.statistics).toEqual({ hits: 1, computed: 1, repaired: 0 });
    const second = openCache(folder);
    expect(await second.read(clip)).toEqual(direct);
    expect(second.statistics).toEqual({ hits: 1, computed: 0, repaired: 0 });
  });

  it("knows the same audio under another name, and other audio under the same name, size and time", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a"), "copy.wav": makeNoiseWav("a") });
    const cache = openCache(makeFolder());
    const before = await cache.read(makeClip(root, "a.wav"));
    await cache.read(makeClip(root, "copy.wav"));
    expect(cache.statistics).toEqual({ hits: 1, computed: 1, repaired: 0 });
    const time = new Date(2020, 1, 1);
    utimesSync(path.join(root, "a.wav"), time, time);
    await cache.read(makeClip(root, "a.wav"));
    addFiles(root, { "a.wav": makeNoiseWav("b") });
    utimesSync(path.join(root, "a.wav"), time, time);
    expect(await cache.read(makeClip(root, "a.wav"))).not.toEqual(before);
  });

  it("keeps configs apart, but not by what is applied after extraction", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a") });
    const folder = makeFolder();
    await openCache(folder).read(makeClip(root, "a.wav"));
    const louder = openCache(folder, { ...smallConfig, sampleScale: 1 });
    await louder.read(makeClip(root, "a.wav"));
    expect(louder.statistics.computed).toBe(1);
    const levelled = openCache(folder, { ...smallConfig, clipLevel: 1e5, clipMeanFraction: 0.75 });
    await levelled.read(makeClip(root, "a.wav"));
    expect(levelled.statistics.hits).toBe(1);
  });

  it("recomputes an entry with any byte flipped, any part missing, or anything appended", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a") });
    const folder = makeFolder();
    const clip = makeClip(root, "a.wav");
    const cache = openCache(folder);
    const expected = await cache.read(clip);
    const [entry = ""] = listEntries(folder);
    const bytes = readFileSync(entry);
    let damages = 0;
    const readDamaged = async (damaged: Uint8Array): Promise<void> => {
      writeFileSync(entry, damaged);
      expect(await cache.read(clip)).toEqual(expected);
      expect(cache.statistics.repaired).toBe(++damages);
      expect(readFileSync(entry)).toEqual(bytes);
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flips) => {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(bytes.readUInt8(place) ^ flips, place);
        await readDamaged(flipped);
        await readDamaged(bytes.subarray(0, place));
      }),
      { numRuns: 20 },
    );
    await readDamaged(Buffer.concat([bytes, Buffer.from([0])]));
    await readDamaged(Buffer.alloc(0));
  });

  it("decodes a file once for all of its ranges, and refuses one outside with the reason", async () => {
    const root = makeFolder({ "long.wav": makeNoiseWav("long", { seconds: 1 }) });
    const folder = makeFolder();
    const cache = openCache(folder);
    const ranges = [0, 0.5].map((startSeconds) => ({ startSeconds, endSeconds: startSeconds + 0.25 }));
    const clips = ranges.map((range) => makeClip(root, "long.wav", range));
    const cached = await cache.prepare(clips);
    expect(cached.map(({ facts }) => facts.seconds)).toEqual([0.25, 0.25]);
    expect(cache.statistics).toEqual({ hits: 0, computed: 2, repaired: 0 });
    const [first, second] = await Promise.all(clips.map((clip) => cache.read(clip)));
    expect(first).not.toEqual(second);
    const outside = makeClip(root, "long.wav", { startSeconds: 0.5, endSeconds: 2 });
    await expect(cache.prepare([outside])).rejects.toThrow(
      "long.wav: expected a range within its 1.00 s, got 0.5 to 2 s",
    );
  });

  it("cuts a long clip into windows, each an entry of its own", async () => {
    const root = makeFolder({ "long.wav": makeNoiseWav("long", { seconds: 0.7 }) });
    const folder = makeFolder();
    const cache = openCache(folder);
    const clip = makeClip(root, "long.wav");
    expect((await cache.prepare([clip]))[0]?.windows).toBe(3);
    expect(listEntries(folder)).toHaveLength(3);
    const last = await cache.read(clip, 2);
    writeFileSync(listEntries(folder).find((entry) => entry.endsWith("-2.features")) ?? "", "damaged");
    await cache.prepare([clip]);
    expect(cache.statistics).toMatchObject({ computed: 2, repaired: 1 });
    expect(await cache.read(clip, 2)).toEqual(last);
    await expect(cache.read(clip, 3)).rejects.toThrow(RangeError);
  });

  it("bounds the length of what it decodes", async () => {
    const root = makeFolder({ "long.wav": makeNoiseWav("long", { seconds: 2 }) });
    const cache = createFeatureCache({
      folder: makeFolder(),
      config: smallConfig,
      extractor: "meyda",
      threads: 0,
      maxClipSeconds: 1,
    });
    await expect(cache.read(makeClip(root, "long.wav"))).rejects.toThrow(/long.wav: expected at most 1 s/);
  });

  it("works on without its index, or with a damaged one", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a") });
    const folder = makeFolder();
    for (const damage of [undefined, "{", '{"x":1}', "[]"]) {
      if (damage !== undefined) writeFileSync(path.join(folder, "content-index.json"), damage);
      const cache = createFeatureCache({ folder, config: smallConfig, extractor: "meyda", threads: 0 });
      await cache.read(makeClip(root, "a.wav"));
      await cache.dispose();
      expect(cache.statistics.computed).toBe(damage === undefined ? 1 : 0);
    }
    expect(existsSync(path.join(folder, "content-index.json"))).toBe(true);
  });
});
