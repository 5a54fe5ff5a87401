import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { UserError } from "../../../common/user-error.ts";
import { writeAugmentPreview } from "../../../pipeline/augment-preview/write-augment-preview.ts";
import { addFiles } from "../../datasets/temporary-folder.ts";
import { makeWorkplace } from "../tiny-set.ts";

it("shows and plays every augmentation on one page that needs nothing else", async () => {
  const { folder, sounds } = makeWorkplace(["a <b>", "c"]);
  const file = path.join(folder, "runs", "augmentation.html");
  await writeAugmentPreview(file, await readDataset(sounds), 600);
  const page = await readFile(file, "utf8");
  const pictures = page.match(/<img[^>]* src="data:image\/png;base64,[\w+/=]{150,}"/g) ?? [];
  const sounds16k = page.match(/<audio[^>]* src="data:audio\/wav;base64,[\w+/=]{10000,}"/g) ?? [];
  expect(pictures).toHaveLength(sounds16k.length);
  const titles = [...page.matchAll(/<figcaption><b>([^<]*)<\/b>/g)].map(([, title]) => title);
  expect(titles).toHaveLength(pictures.length);
  expect(titles).toEqual([
    "As recorded",
    "Input of the network",
    "Speed 0.8",
    "Speed 1.25",
    "Crop and wrap",
    "Placed in a bed",
    "Filter",
    "Shift over the bands",
    "Masks",
    "Mix with another class",
    "Noise",
    "Gain",
    "All together, 1",
    "All together, 2",
    "All together, 3",
  ]);
  expect(new Set(pictures.slice(1)).size).toBe(pictures.length - 1); // the first two are of the same clip
  expect(new Set(sounds16k).size).toBe(sounds16k.length);
  expect(page).not.toContain("a <b>/");
  expect(page).not.toMatch(/(?:src|href)="https?:/);
});

it("says which clip it cannot read", async () => {
  const { sounds } = makeWorkplace(["a", "b"]);
  addFiles(sounds, { "001 - a/1-001-A.wav": "text" });
  await expect(writeAugmentPreview("none.html", await readDataset(sounds), 600)).rejects.toThrow(UserError);
});
