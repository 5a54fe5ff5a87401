import { describe, expect, it } from "vitest";
import type { Dataset } from "../../datasets/dataset.ts";
import { readDataset, type ReadDatasetOptions } from "../../datasets/read-dataset.ts";
import { layoutCases } from "./layout-cases.ts";
import { bare, cross, type Files, flat, labelled, list, names } from "./layout-files.ts";
import { makeFolder } from "./temporary-folder.ts";

describe("layouts", () => {
  it.each(layoutCases)(
    "$title",
    async ({ files, options, clips, labels = names, folds = {}, sources = {}, sets = {}, warns, unused }) => {
      const dataset = await readDataset(makeFolder(files), options);
      expect(dataset.labels).toEqual(labels);
      expect(dataset.clips).toHaveLength(clips);
      for (const [begin, fold] of Object.entries(folds))
        expect(foldsOf(dataset, begin), begin).toEqual([fold]);
      for (const [id, source] of Object.entries(sources))
        expect(findClip(dataset, id)?.source, id).toBe(source);
      for (const [id, set] of Object.entries(sets)) expect(findClip(dataset, id)?.labels, id).toEqual(set);
      const sourcesOfFolds = new Set(dataset.clips.map(({ source, fold }) => `${source} ${fold}`)).size;
      if (warns === undefined && options === undefined && Object.keys(folds).length === 0)
        expect(sourcesOfFolds).toBe(new Set(dataset.clips.map(({ source }) => source)).size);
      if (warns !== undefined) expect(dataset.warnings.join("\n")).toMatch(warns);
      if (unused !== undefined) expect(dataset.unused).toEqual(unused);
    },
  );

  it.each<{ title: string; files: Files; options?: ReadDatasetOptions; message: RegExp }>([
    {
      title: "several classes in a column",
      files: { ...list(bare), "manifest.csv": `path,label\nbell0.wav,"bell,hum"\nhum0.wav,hum` },
      message:
        /expected one class for each sound, got several \(column label, e\.g\. "bell,hum"\): --multi-label/,
    },
    {
      title: "FSD50K",
      files: {
        "FSD50K.dev_audio/1.wav": "1",
        "FSD50K.ground_truth/dev.csv": `fname,labels,mids,split\n1,"Bark,Dog","/m/1,/m/2",train`,
      },
      message:
        /dev\.csv: expected one class for each sound, got several \(column labels, e\.g\. "Bark,Dog"\)/,
    },
    {
      title: "AudioSet",
      files: {
        "x.wav": "1",
        "eval_segments.csv": `# Segments csv created\n# num_ytids=1\n# YTID, start_seconds, end_seconds, positive_labels\nx, 0.000, 10.000, "/m/1,/m/2"`,
      },
      message:
        /eval_segments\.csv: expected one class for each sound, got several \(column positive_labels, e\.g\. "\/m\/1,\/m\/2"\)/,
    },
    {
      title: "classes beside parts",
      files: list(cross(["train/", "bus/", "car/"], [0, 1, 2], [".wav"])),
      message: /got train beside bus, car: if all are classes, --layout folder-per-class says so/,
    },
    {
      title: "folds without classes",
      files: list(cross(["fold1/", "fold2/"], [0, 1, 2], [".wav"])),
      message: /expected a folder for each class, got the parts of a split: fold1, fold2/,
    },
    {
      title: "RAVDESS: folders of actors, classes in names",
      files: list(cross(["Actor_01/", "Actor_02/"], ["03-01-"], ["05", "06"], ["-0"], [1, 2, 3], ["-1.wav"])),
      message:
        /got folders of speakers or sessions: Actor_01, Actor_02: .*if file names say the class: --layout names/,
    },
    {
      title: "flat names",
      files: list(flat),
      message: /--layout names --name-pattern '\{class\}_\{group\}_\*'/,
    },
    {
      title: "two tables that disagree",
      files: { ...list(bare), "a.csv": labelled(bare, "file,label"), "b.csv": "file,label\nbell0.wav,hum" },
      message:
        /bell0\.wav: expected one class, got bell \(a\.csv\) and hum \(b\.csv\); --data with the path of one table reads it alone/,
    },
    {
      title: "many rows without their files, capped",
      files: {
        "manifest.csv": labelled(
          cross(
            names,
            Array.from({ length: 40 }, (_, index) => index),
          ),
          "path,label",
        ),
      },
      message: /120 problems(?:\n[^\n]*){5}\n {2}and 115 more of this kind$/,
    },
    {
      title: "a pattern without a class",
      files: list(flat),
      options: { namePattern: "{kind}_*" },
      message: /--name-pattern: expected \{class\}/,
    },
  ])("refuses $title", async ({ files, options, message }) => {
    const error = await readDataset(makeFolder(files), options).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/^UserError: /);
    expect(String(error)).toMatch(message);
  });

  it("takes every folder as a class when the layout says so", async () => {
    const files = list(cross(["train/", "bus/"], [0, 1, 2], [".wav"]));
    expect((await readDataset(makeFolder(files), { layout: "folder-per-class" })).labels).toEqual([
      "bus",
      "train",
    ]);
  });

  it("reads files outside of the folder only when asked", async () => {
    const outside = makeFolder(list(bare));
    const table = labelled(
      bare.map((file) => `${outside}/${file}`),
      "path,label",
    );
    const root = makeFolder({ "manifest.csv": table });
    await expect(readDataset(root)).rejects.toThrow("--allow-outside reads it there");
    const { clips } = await readDataset(root, { allowOutside: true });
    expect(clips).toHaveLength(12);
    expect(clips[0]?.path).toBe(`${outside}/bell0.wav`);
  });
});

function foldsOf({ clips }: Dataset, begin: string): number[] {
  return [...new Set(clips.filter(({ id }) => id.startsWith(begin)).map(({ fold }) => fold))];
}

function findClip({ clips }: Dataset, id: string) {
  return clips.find((clip) => clip.id === id);
}
