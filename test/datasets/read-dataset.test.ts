import { createRandom } from "../../common/random.ts";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../datasets/read-dataset.ts";
import { hasRealClips, realClipsRoot } from "../features/real-clips.ts";
import { makeFolder } from "./temporary-folder.ts";

/** ESC-10 in small: two classes, two folds. */
const escFiles = {
  "README.txt": "about",
  "001 - Dog bark/1-100032-A.ogg": "",
  "001 - Dog bark/2-114280-A.ogg": "",
  "002 - Rain/1-17367-A.ogg": "",
  "002 - Rain/2-21189-B.ogg": "",
};

function makeEscTable(rows: readonly string[]): string {
  return ["filename,fold,target,category,esc10,src_file,take", ...rows].join("\n");
}

describe("ESC-10 folders", () => {
  it("takes fold and recording from the clip's name, and the class from its folder's", async () => {
    const root = makeFolder(escFiles);
    const dataset = await readDataset(root);
    expect(dataset.layout).toBe(
      'esc10-folders: 2 folders with clips named like "001 - Dog bark/1-100032-A.ogg"',
    );
    expect(dataset.labels).toEqual(["Dog bark", "Rain"]);
    expect(dataset.clips[3]).toEqual({
      id: "002 - Rain/2-21189-B.ogg",
      path: path.join(root, "002 - Rain/2-21189-B.ogg"),
      label: "Rain",
      fold: 2,
      source: "21189",
    });
    expect(dataset.warnings).toEqual([]);
  });

  it("accepts class names with commas, quotes and other scripts", async () => {
    const names = ["Hund, groß", 'a "b"', "鳥の声"];
    const files = names.flatMap((name, index) =>
      [1, 2].map((fold) => `00${index + 1} - ${name}/${fold}-${fold}${index}-A.wav`),
    );
    const { labels } = await readDataset(makeFolder(Object.fromEntries(files.map((file) => [file, ""]))));
    expect([...labels].sort()).toEqual([...names].sort());
  });

  it("lists all problems together", async () => {
    const root = makeFolder({
      "001 - Dog bark/1-100032-A.ogg": "",
      "001 - Dog bark/barking.ogg": "",
      "002 - Dog bark/3-1-A.ogg": "",
    });
    await expect(readDataset(root)).rejects.toThrow(
      [
        `${root}: 4 problems`,
        "  001 - Dog bark/barking.ogg: expected a name such as 1-100032-A.ogg (fold-recording-take)",
        "  Dog bark: expected one folder, got 001 - Dog bark and 002 - Dog bark",
        "  expected at least 2 classes, got only Dog bark",
        "  fold 2: expected clips, got none (folds go from 1 to 3)",
      ].join("\n"),
    );
  });

  it("warns of a recording in two folds and of a class that a fold lacks", async () => {
    const { warnings } = await readDataset(
      makeFolder({ ...escFiles, "001 - Dog bark/2-100032-B.ogg": "", "003 - Sea/1-1-A.ogg": "" }),
    );
    expect(warnings).toEqual([
      "recording 100032: expected one fold, got clips in folds 1 and 2: scores are inflated",
      "class Sea: no clips in fold 2",
    ]);
  });

  it.runIf(hasRealClips)(
    "reads the real ESC-10: 400 clips, 40 a class, 8 a class and fold, no leaks",
    async () => {
      const { labels, clips, warnings } = await readDataset(realClipsRoot);
      expect(labels).toHaveLength(10);
      for (const label of labels) {
        for (const fold of [1, 2, 3, 4, 5]) {
          expect(clips.filter((clip) => clip.label === label && clip.fold === fold)).toHaveLength(8);
        }
      }
      expect(clips.filter(({ source }) => source === "172649")).toHaveLength(6); // the helicopter of fold 1
      expect(warnings).toEqual([]);
    },
  );
});

describe("the ESC-50 repository", () => {
  const rows = [
    "1-100032-A-0.wav,1,0,dog,True,100032,A",
    "2-114280-A-10.wav,2,10,rain,True,114280,A",
    "1-100038-A-14.wav,1,14,chirping_birds,False,100038,A",
  ];
  const audio = Object.fromEntries(rows.map((row) => [`audio/${row.split(",")[0] ?? ""}`, ""]));

  it("takes the subset ESC-10 unless asked for all, and says so", async () => {
    const root = makeFolder({ "meta/esc50.csv": makeEscTable(rows), ...audio, "README.md": "" });
    const subset = await readDataset(root);
    expect(subset.layout).toBe(
      "esc50-repository: meta/esc50.csv is there; the 2 clips of its subset ESC-10, --subset all takes all 3",
    );
    expect(subset.clips[0]).toEqual({
      id: "audio/1-100032-A-0.wav",
      path: path.join(root, "audio/1-100032-A-0.wav"),
      label: "dog",
      fold: 1,
      source: "100032",
    });
    const all = await readDataset(root, { subset: "all" });
    expect(all.labels).toEqual(["chirping_birds", "dog", "rain"]);
  });

  it("reads a table with BOM and CRLF", async () => {
    const table = `\uFEFF${makeEscTable(rows).replaceAll("\n", "\r\n")}\r\n`;
    expect((await readDataset(makeFolder({ "meta/esc50.csv": table, ...audio }))).clips).toHaveLength(2);
  });

  it("lists missing files, bad cells and escapes from the folder together, with their lines", async () => {
    const table = makeEscTable([...rows, "../../x.wav,one,0,dog,True,1,A", "2-7-A-0.wav,2,0,dog,True,7,A"]);
    const root = makeFolder({ "meta/esc50.csv": table, ...audio });
    await expect(readDataset(root)).rejects.toThrow(
      [
        `${root}: 3 problems`,
        '  meta/esc50.csv line 5: filename: expected a file name without folders, got "../../x.wav"',
        '  meta/esc50.csv line 5: fold: expected a whole number from 1, got "one"',
        "  meta/esc50.csv line 6: expected the file audio/2-7-A-0.wav, got nothing there",
      ].join("\n"),
    );
  });

  it("names a missing column once", async () => {
    const root = makeFolder({ "meta/esc50.csv": "filename,fold\na.wav,1\nb.wav,2", ...audio });
    await expect(readDataset(root)).rejects.toThrow(
      "meta/esc50.csv: expected the columns category, esc10, src_file, got filename, fold",
    );
  });
});

describe("a folder of no layout", () => {
  it("is told what would do and what was found", async () => {
    await expect(readDataset(makeFolder())).rejects.toThrow(
      /: expected a layout of labelled sounds, got an empty folder. Layouts: .*, folder-per-class \(dog\/x.wav\),/,
    );
    await expect(readDataset(makeFolder({ "a.txt": "" }))).rejects.toThrow(
      "got 1 files, none of them audio, e.g. a.txt",
    );
  });

  it("is told what a forced layout expects", async () => {
    await expect(readDataset(makeFolder(escFiles), { layout: "esc50-repository" })).rejects.toThrow(
      "esc50-repository: expected meta/esc50.csv and audio/*.wav",
    );
  });
});

it("spreads each class of label sets over the folds, common and rare, and clips of none too", async () => {
  const random = createRandom(1, "label sets");
  const fractions = { bell: 0.6, hum: 0.3, rare: 0.08, whistle: 0.4 };
  const names = Array.from({ length: 200 }, (_, index) => `${index}.wav`);
  const rows = names.map((name) => {
    const own = Object.entries(fractions).flatMap(([label, fraction]) =>
      random.next() < fraction ? [label] : [],
    );
    return `${name},${own.join(";")}`;
  });
  const files = Object.fromEntries(names.map((name) => [name, name]));
  const root = makeFolder({ ...files, "manifest.csv": ["file,labels", ...rows].join("\n") });
  const { clips, labels } = await readDataset(root, { multiLabel: true });
  expect(labels).toEqual(Object.keys(fractions));
  for (const belongs of [
    ...labels.map((label) => (own: readonly string[]) => own.includes(label)),
    (own: readonly string[]) => own.length === 0,
  ]) {
    const counts = [1, 2, 3, 4, 5].map(
      (fold) => clips.filter((clip) => clip.fold === fold && belongs(clip.labels ?? [])).length,
    );
    expect(Math.max(...counts) - Math.min(...counts), counts.join()).toBeLessThanOrEqual(2);
  }
});
