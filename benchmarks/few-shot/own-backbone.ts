/**
 * What a network of our own is worth as a backbone on classes that it has never seen: half of ESC-10's classes train
 * it, then heads learn the other five from 1 to 20 clips each, and the reverse. Beside it another backbone on the same
 * clips. Prints logistic regression's accuracy for each half. Writes runs/own-backbone-1 and -2, and takes them where
 * they are there.
 *
 *     npx tsx benchmarks/few-shot/own-backbone.ts ../shared/esc10 ../shared/backbones/yamnet.onnx
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readDataset } from "../../datasets/read-dataset.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { embedClips } from "../../pipeline/backbones/embed-clips.ts";
import { loadBackbone } from "../../pipeline/backbones/load-backbone.ts";
import { measureDraws } from "./measure-draws.ts";

const clipCounts = [1, 2, 3, 5, 10, 20];
/** A short training: 160 are the recipe's own. */
const epochs = 12;

const [data = "../shared/esc10", other = "../shared/backbones/yamnet.onnx"] = process.argv.slice(2);
const dataset = await readDataset(data);

for (const half of [0, 1]) {
  const known = dataset.labels.filter((_, index) => index % 2 === half);
  const unknown = dataset.labels.filter((_, index) => index % 2 !== half);
  const model = trainOn(known, `own-backbone-${half + 1}`);
  console.log(
    `\ntrained on ${known.join(", ")}; clips each of ${unknown.join(", ")}: ${clipCounts.join(", ")}`,
  );
  for (const file of [model, other]) {
    const loaded = await loadBackbone(file);
    const embedded = await embedClips(keepClasses(unknown), loaded, {
      skipBadClips: false,
      maxClipSeconds: 600,
    });
    const cells = clipCounts.map((count) => {
      const [{ accuracy, deviation } = { accuracy: NaN, deviation: NaN }] = measureDraws(embedded, count);
      return `${accuracy} ± ${deviation}`;
    });
    console.log([loaded.backbone.name, ...cells].join(" | "));
  }
}

function keepClasses(labels: readonly string[]): Dataset {
  return { ...dataset, labels, clips: dataset.clips.filter(({ label }) => labels.includes(label)) };
}

/** @returns the exported model */
function trainOn(labels: readonly string[], run: string): string {
  const model = path.join("runs", run, "model.onnx");
  if (existsSync(model)) return model;
  const folder = mkdtempSync(path.join(tmpdir(), "earshot-classes-"));
  try {
    for (const { label, path: file } of keepClasses(labels).clips) {
      mkdirSync(path.join(folder, label), { recursive: true });
      symlinkSync(path.resolve(file), path.join(folder, label, path.basename(file)));
    }
    // Without sounds at other speeds, whose features alone would take minutes.
    const options = [
      "--set",
      "augmentation.speeds=[1]",
      "--protocol",
      "final",
      "--epochs",
      String(epochs),
      "--threads",
      "1",
      "--run",
      run,
    ];
    const { status } = spawnSync(process.execPath, ["bin/earshot.mjs", "start", folder, ...options], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`training on ${labels.join(", ")} failed`);
    return model;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
