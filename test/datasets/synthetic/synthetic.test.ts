import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { createRandom } from "../../../common/random.ts";
import { measureRms, sine } from "../../../datasets/synthetic/signal.ts";
import { sounds } from "../../../datasets/synthetic/sounds.ts";
import { writeSyntheticDataset } from "../../../datasets/synthetic/synthetic.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { makeFolder } from "../temporary-folder.ts";

const tiny = { folds: 2, clipSeconds: 0.5, takes: ["AB"] };

function hashFolder(root: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".wav"),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

describe("writeSyntheticDataset", () => {
  it("writes the same bits for ever, on every platform, in ESC-10's layout", async () => {
    const root = path.join(makeFolder(), "set");
    await writeSyntheticDataset(root, tiny);
    expect(hashFolder(root)).toMatchInlineSnapshot(`"1a7d98950a56d6ee"`);
    const { layout, labels, clips, warnings } = await readDataset(root);
    expect(layout).toContain("esc10-folders");
    expect(labels).toHaveLength(10);
    expect(clips).toHaveLength(40);
    expect(new Set(clips.map(({ source }) => source)).size).toBe(20); // two takes of each recording
    expect(warnings).toEqual([]);
  });

  it("completes a folder that lost clips, and leaves nothing temporary behind", async () => {
    const folder = makeFolder();
    const root = path.join(folder, "set");
    await writeSyntheticDataset(root, tiny);
    const whole = hashFolder(root);
    rmSync(path.join(root, "003 - Clock"), { recursive: true });
    await Promise.all([writeSyntheticDataset(root, tiny), writeSyntheticDataset(root, tiny)]);
    expect(hashFolder(root)).toBe(whole);
    expect(readdirSync(folder)).toEqual(["set"]);
  });

  it("writes clips of the asked length that are neither silent nor clipped", async () => {
    const root = path.join(makeFolder(), "set");
    await writeSyntheticDataset(root, { ...tiny, folds: 1, takes: ["A"] });
    for (const folder of readdirSync(root)) {
      const [file = ""] = readdirSync(path.join(root, folder));
      const { samples, sampleRateHz } = await decodeAudio(readFileSync(path.join(root, folder, file)), file);
      expect(sampleRateHz).toBe(44_100);
      expect(samples).toHaveLength(22_050);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      expect(peak).toBeGreaterThan(0.09);
      expect(peak).toBeLessThan(0.96);
    }
  });
});

describe("the sounds", () => {
  it.each(Object.entries(sounds))(
    "%s: every recording sounds, and differs from the next",
    (_label, sound) => {
      const recordings = [0, 1, 2].map((index) =>
        sound(createRandom(1, `recording ${index}`), createRandom(1, `take ${index}`), 110_250),
      );
      for (const samples of recordings) {
        expect(samples.every(Number.isFinite)).toBe(true);
        expect(measureRms(samples)).toBeGreaterThan(0);
      }
      expect(new Set(recordings.map((samples) => samples.join())).size).toBe(3);
    },
  );

  it("use a sine that agrees with Math.sin", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (turns) => {
        const fraction = turns - Math.floor(turns);
        expect(Math.abs(sine(turns) - Math.sin(2 * Math.PI * fraction))).toBeLessThan(1e-7);
      }),
    );
  });
});
