import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { encodeWav } from "../../../features/audio/encode-wav.ts";
import { compareAllClips, formatAllClips } from "../../../pipeline/parity/compare-all-clips.ts";
import { projectFolder } from "../../../setup/run-tool.ts";

const rateHz = 44_100;
const model = path.join(projectFolder, "pretrained", "esc10.onnx");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "earshot-all-clips-"));
  const random = createRandom(1, "compare all clips");
  for (const label of ["a", "b"]) {
    mkdirSync(path.join(folder, label));
    for (const [index, seconds] of [1.5, 5, 5].entries()) {
      // Silence at both ends: what the file leaves out and a window of a longer sound would hold.
      const samples = Float32Array.from({ length: seconds * rateHz }, (_, sample) =>
        sample < 4000 || sample > (seconds - 0.2) * rateHz ? 0 : 0.2 * (random.next() - 0.5),
      );
      writeFileSync(path.join(folder, label, `${index}.wav`), encodeWav({ samples, sampleRateHz: rateHz }));
    }
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("parity of all clips", () => {
  it("compares classify with the bare file: as they are, cut, between zeros, in batches", async () => {
    const comparison = await compareAllClips(model, { names: ["cpu"], data: folder });
    expect(comparison.outcomes.map(({ variant, inputs, sameClass }) => [variant, inputs, sameClass])).toEqual(
      [
        ["as it is", 6, 6],
        ["in batches", 2, 2],
        ["first second", 6, 6],
        ["3 s of zeros before", 6, 6],
        ["3 s of zeros after", 6, 6],
        ["3 s of zeros before and after", 6, 6],
      ],
    );
    expect(comparison.passed, formatAllClips(comparison)).toBe(true);
  });
});
