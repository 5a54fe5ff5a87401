import path from "node:path";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { openBackbone } from "../../../features/backbone/open-backbone.ts";
import { stackRows } from "../../../heads/matrix.ts";
import { trainLabelSetHead } from "../../../heads/train-label-sets.ts";
import { trainHead } from "../../../heads/train-head.ts";
import { calibrateHead } from "../../../pipeline/backbones/calibrate-head.ts";
import { embedRecordedBackground, splitBackground } from "../../../pipeline/backbones/embed-background.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import {
  buildTinyBackbone,
  tinyDimensions,
  tinyWindowSamples,
} from "../../features/backbone/tiny-backbone.ts";
import { makeToneWav } from "../tiny-set.ts";

const random = createRandom(5, "calibrate head");
const jitter = (values: readonly number[]): number[] => values.map((value) => value + 0.2 * random.normal());
/** Mean ++ maximum of clips whose windows are alike. */
const makeClips = (count: number) => {
  const labels = Array.from({ length: count }, (_, index) => index % 2);
  const rows = stackRows(
    labels.map((label) => {
      const embedding = jitter(label === 0 ? [1, 0, 0] : [0, 1, 0]);
      return [...embedding, ...embedding];
    }),
  );
  const groups = labels.map((_, index) => String(index));
  const clips = labels.map((label, index) => ({
    id: String(index),
    path: "",
    label: ["a", "b"][label] ?? "",
    fold: 1 + (index % 5),
    source: String(index),
  }));
  return {
    clips: { labels: ["a", "b"], labelling: "one", clips } as const,
    trained: trainHead({ rows, labels, groups, classes: 2 }),
  };
};

it("background between two classes raises the thresholds, and is named less often", () => {
  const { clips, trained } = makeClips(40);
  const windows = Array.from({ length: 50 }, () => jitter([0.5, 0.5, 0]));
  const embeddings = { values: Float32Array.from(windows.flat()), frames: 50, bands: 3 };
  const without = calibrateHead(clips, trained, [], 0.5);
  const beside = calibrateHead(clips, trained, [{ kind: "noise", isRecorded: true, embeddings }], 0.5);
  if (without === undefined || beside === undefined) throw new Error("expected thresholds");
  expect(beside.all.threshold).toBeGreaterThan(without.all.threshold);
  expect(beside.temperature).toBeCloseTo(trained.temperature, 2);
  const [{ windows: asked, named } = { windows: 0, named: 50 }] = beside.background;
  expect(asked).toBe(50);
  expect(named).toBeLessThan(30);
  expect(beside.falseAlarmsPerHour).toBeCloseTo((3600 * named) / (50 * 0.5));
  expect(calibrateHead(makeClips(9).clips, trained, [], 0.5)).toBeUndefined();
});

it("sounds of several classes have a threshold for each class, and background none", () => {
  const sets = Array.from({ length: 60 }, (_, row) => [[0], [1], [0, 1], []][row % 4] ?? []);
  const rows = stackRows(
    sets.map((own) => {
      const embedding = jitter([own.includes(0) ? 1 : 0, own.includes(1) ? 1 : 0, 1]);
      return [...embedding, ...embedding];
    }),
  );
  const groups = sets.map((_, row) => String(row));
  const clips = sets.map((own, row) => {
    const labels = own.map((label) => ["a", "b"][label] ?? "");
    return {
      id: `${row}`,
      path: "",
      label: labels.join("; "),
      labels,
      fold: 1 + (row % 5),
      source: `${row}`,
    };
  });
  const trained = trainLabelSetHead({ rows, labels: sets, groups, classes: 2 });
  const given = { labels: ["a", "b"], labelling: "several", clips } as const;
  const windows = Array.from({ length: 50 }, () => jitter([0.1, 0.1, 1]));
  const embeddings = { values: Float32Array.from(windows.flat()), frames: 50, bands: 3 };
  const found = calibrateHead(given, trained, [{ kind: "noise", isRecorded: true, embeddings }], 0.5);
  expect(found?.classes.map(({ rows }) => rows)).toEqual([30, 30]);
  expect(found?.expected.recall).toBeGreaterThan(0.8);
  expect(found?.expected.precision).toBeGreaterThan(0.8);
  expect(found?.temperature).toBeCloseTo(trained.temperature, 2);
});

it("trains on every second recording of background, whole and by a window; the others choose thresholds", () => {
  const makeSound = (kind: string, frames: number) => ({
    kind,
    isRecorded: true,
    embeddings: { values: Float32Array.from({ length: 2 * frames }, (_, index) => index), frames, bands: 2 },
  });
  const recorded = [makeSound("first", 4), makeSound("second", 3)];
  const { trained, asked } = splitBackground(recorded, { trained: [], asked: [makeSound("hum", 1)] });
  expect(asked.map(({ kind }) => kind)).toEqual(["first", "hum"]);
  expect([...(trained?.values ?? [])]).toEqual([2, 3, 4, 5, 2, 3, 2, 3]); // mean ++ maximum, of all and of the middle
  expect(splitBackground(recorded.slice(1), { trained: [], asked: [] }).trained).toBeUndefined();
});

it("embeds every window of a data set's background", async () => {
  const folder = makeFolder();
  for (const name of ["low/1", "low/2", "low/3", "high/1", "high/2", "high/3", "noise/1"])
    addFiles(folder, { [`${name}.wav`]: makeToneWav(name.startsWith("low") ? 200 : 3000, name, 1) });
  const bytes = buildTinyBackbone();
  addFiles(folder, { "tiny.onnx": bytes });
  const backbone = await openBackbone(bytes, "tiny.onnx", { sampleRateHz: 8000 }, ort);
  const loaded = { backbone, bytes, file: path.join(folder, "tiny.onnx") };
  const [only, ...others] = await embedRecordedBackground(await readDataset(folder), loaded, 600);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ kind: "noise", isRecorded: true });
  expect(only?.embeddings.bands).toBe(tinyDimensions);
  expect(only?.embeddings.frames).toBeGreaterThan((1.9 * 8000) / tinyWindowSamples);
});
