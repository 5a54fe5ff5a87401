import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClipExtractor, type ClipExtractor } from "../../../datasets/extraction/clip-extractor.ts";
import {
  createExtractionPool,
  type ExtractionPoolOptions,
} from "../../../datasets/extraction/extraction-pool.ts";
import { UserError } from "../../../common/user-error.ts";
import { makeNoiseWav, smallConfig } from "../sounds.ts";
import { makeFolder } from "../temporary-folder.ts";

const options = { extractor: "graph", config: smallConfig, maxClipSeconds: 10, speed: 1 } as const;

function openPool(settings: Partial<ExtractionPoolOptions> = {}): ClipExtractor {
  const pool = createExtractionPool({ ...options, threads: 2, timeoutSeconds: 60, ...settings });
  onTestFinished(() => pool.dispose());
  return pool;
}

describe("createExtractionPool", () => {
  it("gives in worker threads what one thread gives, and refuses bad files as it does", async () => {
    const names = ["a", "b", "c", "d"].map((name) => `${name}.wav`);
    const root = makeFolder({
      ...Object.fromEntries(names.map((name) => [name, makeNoiseWav(name)])),
      "text.wav": "text",
    });
    const request = (name: string) => ({ path: path.join(root, name), name, ranges: [undefined] });
    const pool = openPool();
    const here = createClipExtractor(options);
    for (const [index, file] of (
      await Promise.all(names.map((name) => pool.extract(request(name))))
    ).entries()) {
      expect(file).toEqual(await here.extract(request(names[index] ?? "")));
    }
    const refusal = await pool.extract(request("text.wav")).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UserError);
    expect(refusal).toEqual(await here.extract(request("text.wav")).catch((error: unknown) => error));
    const missing = await pool.extract(request("none.wav")).catch(String);
    expect(missing).toMatch(/^UserError: ENOENT: .*none.wav/);
    await here.dispose();
  });

  it("ends a thread that is busy with one file for too long, and goes on with those that waited for it", async () => {
    const config = { ...smallConfig, hopSamples: 4 }; // 2000 frames a second: Meyda needs minutes for ten
    const minutes = makeNoiseWav("endless", { seconds: 600 });
    const root = makeFolder({
      "endless.wav": minutes,
      "a.wav": makeNoiseWav("a"),
      "b.wav": makeNoiseWav("b"),
    });
    const request = (name: string) => ({ path: path.join(root, name), name, ranges: [undefined] });
    const pool = openPool({
      extractor: "meyda",
      config,
      maxClipSeconds: 600,
      threads: 1,
      timeoutSeconds: 12, // in which a thread also starts
    });
    const endless = pool.extract(request("endless.wav")).catch(String);
    const others = await Promise.all(["a.wav", "b.wav"].map((name) => pool.extract(request(name))));
    expect(await endless).toBe("UserError: endless.wav: expected to be extracted within 12 s, got no end");
    expect(others.map(({ clips }) => clips.length)).toEqual([1, 1]);
  });
});
