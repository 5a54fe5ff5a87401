import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { groupBy } from "../../../datasets/folds/group-by.ts";
import { openDataset } from "../../../pipeline/runs/open-data.ts";
import { describeDifference, type PublishedSet, publishedSets } from "../../../pipeline/runs/published-sets.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import { runCommand } from "../command-line.ts";
import { makeToneWav } from "../tiny-set.ts";

type Files = Record<string, string | Uint8Array>;

const sound = (name: string): Uint8Array => makeToneWav(300 + 40 * name.length, name, 0.4);
const sounds = (names: readonly string[]): Files => Object.fromEntries(names.map((name) => [name, sound(name)]));
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** ESC-50's table: the ten classes of ESC-10 are among them. */
function makeEsc50(): Files {
  const rows = range(20).map((index) => ({
    filename: `${(index % 5) + 1}-${1000 + index}-A-${index % 4}.wav`,
    fold: (index % 5) + 1,
    target: index % 4,
    category: ["dog", "rain", "cat", "wind"][index % 4],
    esc10: index % 4 < 2 ? "True" : "False",
  }));
  const table = rows.map(
    ({ filename, fold, target, category, esc10 }, index) =>
      `${filename},${fold},${target},${category},${esc10},${1000 + index},A`,
  );
  return {
    ...sounds(rows.map(({ filename }) => `audio/${filename}`)),
    "meta/esc50.csv": ["filename,fold,target,category,esc10,src_file,take", ...table].join("\n"),
  };
}

function makeUrbanSound8K(): Files {
  const rows = range(40).map((index) => ({
    name: `${1000 + Math.floor(index / 2)}-${index % 2}-0-${index}.wav`,
    fold: (Math.floor(index / 2) % 10) + 1,
    label: ["siren", "jackhammer"][index % 2],
  }));
  const table = rows.map(
    ({ name, fold, label }, index) =>
      `${name},${1000 + Math.floor(index / 2)},0.0,0.4,1,${fold},${index % 2},${label}`,
  );
  return {
    ...sounds(rows.map(({ name, fold }) => `audio/fold${fold}/${name}`)),
    "metadata/UrbanSound8K.csv": [
      "slice_file_name,fsID,start,end,salience,fold,classID,class",
      ...table,
    ].join("\n"),
  };
}

function makeSpeechCommands(): Files {
  const files = ["yes", "no"].flatMap((word) =>
    range(6).flatMap((speaker) => range(2).map((take) => `${word}/0${speaker}_nohash_${take}.wav`)),
  );
  return {
    ...sounds(files),
    "_background_noise_/running_tap.wav": makeToneWav(50, "tap", 3),
    "testing_list.txt": files.filter((file) => file.includes("/00_")).join("\n"),
    "validation_list.txt": files.filter((file) => file.includes("/01_")).join("\n"),
    LICENSE: "",
    "README.md": "",
  };
}

const makeDigits = (): Files =>
  sounds(
    ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"].flatMap((speaker) =>
      [0, 1, 7].flatMap((digit) => range(2).map((take) => `${digit}_${speaker}_${take}.wav`)),
    ),
  );

interface Expected {
  readonly labels: readonly string[];
  /** Fold of all files whose path contains a text. */
  readonly folds: Readonly<Record<string, number>>;
}

/** Each set in its makers' layout, small. */
const layouts: Readonly<Record<string, { readonly files: () => Files; readonly expected: Expected }>> = {
  esc50: {
    files: makeEsc50,
    expected: { labels: ["cat", "dog", "rain", "wind"], folds: { "1-1000-": 1, "5-1019-": 5 } },
  },
  urbansound8k: {
    files: makeUrbanSound8K,
    expected: { labels: ["jackhammer", "siren"], folds: { "/fold1/": 1, "/fold10/": 10 } },
  },
  "speech-commands": {
    files: makeSpeechCommands,
    expected: { labels: ["no", "yes"], folds: { "/00_": 1, "/01_": 2, "/05_": 3 } },
  },
  fsdd: { files: makeDigits, expected: { labels: ["0", "1", "7"], folds: {} } },
};

function findSet(name: string): PublishedSet {
  const set = publishedSets.find((one) => one.name === name);
  if (set === undefined) throw new Error(`no set ${name}`);
  return set;
}

function make(files: Files): string {
  const folder = path.join(makeFolder(), "set");
  addFiles(folder, files);
  return folder;
}

describe.each(Object.entries(layouts))("%s in its makers' layout", (name, { files, expected }) => {
  it("is read with its classes and its official folds, and never splits a recording", async () => {
    const set = findSet(name);
    const { clips, labels } = await openDataset({ data: make(files()), ...set.reading });
    expect(labels).toEqual(expected.labels);
    for (const [part, fold] of Object.entries(expected.folds)) {
      const found = clips.filter(({ id }) => id.includes(part)).map((clip) => clip.fold);
      expect(new Set(found), part).toEqual(new Set([fold]));
    }
    const foldsOfSource = groupBy(clips, ({ source }) => source);
    for (const [source, own] of foldsOfSource)
      expect(new Set(own.map(({ fold }) => fold)).size, source).toBe(1);
    expect(new Set(clips.map(({ fold }) => fold)).size).toBe(set.whole.folds);
    expect(describeDifference(set, { ...set.whole, clips: clips.length })).toBe(
      `clips: expected ${set.whole.clips}, found ${clips.length}`,
    );
  });
});

it("a set is trained by its official split with one command, and its score says that the set is a part", async () => {
  const folder = makeFolder();
  addFiles(path.join(folder, "sc"), makeSpeechCommands());
  const { code, stdout, stderr } = await runCommand(
    folder,
    ...["reproduce", "--data", "sc", "--experiment", "speech-commands", "--quick"],
  );
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
  expect(stdout).toContain("warning: not the whole set");
  const list = z
    .object({ jobs: z.array(z.object({ seed: z.number(), folds: z.object({ test: z.array(z.number()) }) })) })
    .parse(JSON.parse(await readFile(path.join(folder, "runs/quick/speech-commands-lists.json"), "utf8")));
  expect(list.jobs.map(({ folds }) => folds.test)).toEqual([[1], [1]]);
  expect(existsSync(path.join(folder, "runs/quick/report.html"))).toBe(true);
}, 240_000);

it("experiments of another set are refused by name", async () => {
  const folder = makeFolder();
  addFiles(path.join(folder, "digits"), { "0_a_0.wav": sound("a") });
  const { code, stderr } = await runCommand(
    folder,
    ...["reproduce", "--data", "digits", "--experiment", "fsdd", "--only", "cv5-best"],
  );
  expect(code).toBe(1);
  expect(stderr).toContain("--only: expected experiments of fsdd (fsdd-speakers), got cv5-best");
}, 60_000);
