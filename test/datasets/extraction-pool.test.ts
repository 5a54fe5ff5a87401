import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClipExtractor, type ClipExtractor } from "../../datasets/clip-extractor.ts";
import { createExtractionPool } from "../../datasets/extraction-pool.ts";
import { UserError } from "../../features/user-error.ts";
import { makeNoiseWav, smallConfig } from "./sounds.ts";
import { makeFolder } from "./temporary-folder.ts";

const options = { extractor: "graph", config: smallConfig, maxClipSeconds: 10, speed: 1 } as const;

function openPool(timeoutSeconds: number): ClipExtractor {
  const pool = createExtractionPool({ ...options, threads: 2, timeoutSeconds });
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
    const pool = openPool(60);
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

  it("refuses a file that takes too long", async () => {
    const root = makeFolder({ "a.wav": makeNoiseWav("a") });
    const request = { path: path.join(root, "a.wav"), name: "a.wav", ranges: [undefined] };
    await expect(openPool(0.001).extract(request)).rejects.toThrow(
      "a.wav: expected to be extracted within 0.001 s, got no end",
    );
  });
});
