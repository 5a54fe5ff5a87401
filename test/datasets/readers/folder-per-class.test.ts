import { describe, expect, it } from "vitest";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeNoiseWav } from "../sounds.ts";
import { makeFolder } from "../temporary-folder.ts";

/** `count` files a class, each with other bytes. */
function makeFiles(labels: readonly string[], count: number): Record<string, string> {
  const names = labels.flatMap((label) =>
    Array.from({ length: count }, (_, index) => `${label}/${index}.wav`),
  );
  return Object.fromEntries(names.map((name) => [name, name]));
}

describe("a folder per class", () => {
  it("needs no option: classes from folders, five folds with as many clips of each class", async () => {
    const { layout, labels, clips, trimsLongClips } = await readDataset(
      makeFolder(makeFiles(["dog", "cat"], 10)),
    );
    expect(layout).toBe("folder-per-class: 2 folders with 20 audio files, each folder taken as a class");
    expect(labels).toEqual(["cat", "dog"]);
    expect(trimsLongClips).toBe(false);
    for (const fold of [1, 2, 3, 4, 5]) {
      const own = clips.filter((clip) => clip.fold === fold).map(({ label }) => label);
      expect(own.sort()).toEqual(["cat", "cat", "dog", "dog"]);
    }
  });

  it("looks through a folder around the classes, and into folders below them", async () => {
    const files = {
      "set/dog/park/1.wav": "1",
      "set/dog/2.wav": "2",
      "set/dog/3.wav": "3",
      "set/cat/1.wav": "4",
    };
    const { labels, clips } = await readDataset(makeFolder(files));
    expect(labels).toEqual(["cat", "dog"]);
    expect(clips.map(({ id }) => id)).toContain("set/dog/park/1.wav");
  });

  it("keeps takes of one recording in one fold, by their usual names or as --group-by says", async () => {
    const names = ["a_take1", "a_take2", "b-part 1", "b-part 2", "c (x)", "d.seg01", "d.seg02", "e"];
    const files = Object.fromEntries(
      ["dog", "cat"].flatMap((label) => names.map((name) => [`${label}/${name}.wav`, label + name])),
    );
    const { clips } = await readDataset(makeFolder(files));
    const sources = clips.filter(({ label }) => label === "dog").map(({ source }) => source);
    expect(sources).toEqual(
      ["a", "a", "b", "b", "c (x).wav", "d", "d", "e.wav"].map((name) => `dog/${name}`),
    );
    const grouped = await readDataset(makeFolder(makeFiles(["dog", "cat"], 9)), {
      groupBy: "/([0-2])|/([3-5])|/",
    });
    for (const { source, fold } of grouped.clips) {
      const others = grouped.clips.filter((clip) => clip.source === source);
      expect(new Set(others.map((clip) => clip.fold))).toEqual(new Set([fold]));
    }
    await expect(readDataset(makeFolder(makeFiles(["a", "b"], 3)), { groupBy: "(" })).rejects.toThrow(
      "--group-by: expected a regular expression, got (",
    );
  });

  it("keeps files with the same bytes in one fold, and says when their classes differ", async () => {
    const copies = { "dog/copy.wav": "dog/0.wav", "cat/copy.wav": "dog/0.wav" };
    const { clips, warnings } = await readDataset(makeFolder({ ...makeFiles(["dog", "cat"], 6), ...copies }));
    const same = clips.filter(({ id }) => id.endsWith("copy.wav") || id === "dog/0.wav");
    expect(new Set(same.map(({ fold }) => fold)).size).toBe(1);
    expect(warnings).toEqual([
      "cat/copy.wav and dog/0.wav and dog/copy.wav: the same audio under different classes",
    ]);
  });

  it("trains on a class with one clip, and says that it is never tested", async () => {
    const { clips, warnings } = await readDataset(
      makeFolder({ ...makeFiles(["dog", "cat"], 5), "zebra/1.wav": "z" }),
    );
    expect(clips.find(({ label }) => label === "zebra")?.fold).toBe(5);
    expect(warnings).toEqual(["class zebra: no clips in fold 1, 2, 3, 4"]);
  });

  it("makes fewer folds from few recordings, but at least three", async () => {
    const { clips } = await readDataset(makeFolder(makeFiles(["dog", "cat"], 3)));
    expect(Math.max(...clips.map(({ fold }) => fold))).toBe(3);
    await expect(readDataset(makeFolder(makeFiles(["dog", "cat"], 2)))).rejects.toThrow(
      "expected at least 3 recordings of a class to make folds, got at most 2 of a class",
    );
  });

  it("reads a thousand classes, and refuses more", async () => {
    const labels = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    expect((await readDataset(makeFolder(makeFiles(labels, 3)))).labels).toHaveLength(1000);
    await expect(readDataset(makeFolder(makeFiles([...labels, "one more"], 3)))).rejects.toThrow(
      "expected at most 1000 classes, got 1001",
    );
  });

  it("names clips outside of a class, the parts of a split, and a lonely class", async () => {
    await expect(readDataset(makeFolder({ ...makeFiles(["dog", "cat"], 3), "x.wav": "" }))).rejects.toThrow(
      "x.wav: expected to lie in the folder of a class",
    );
    await expect(readDataset(makeFolder(makeFiles(["train", "test"], 3)))).rejects.toThrow(
      "expected a folder for each class, got the parts of a split: test, train",
    );
    await expect(readDataset(makeFolder(makeFiles(["dog"], 5)))).rejects.toThrow(
      "expected at least 2 classes, got only dog",
    );
  });

  it("gives the same folds whatever order the disk lists files in", async () => {
    const files = Object.entries({ ...makeFiles(["dog", "cat"], 7), "dog/a.wav": makeNoiseWav("a") });
    const first = await readDataset(makeFolder(Object.fromEntries(files)));
    const second = await readDataset(makeFolder(Object.fromEntries(files.reverse())));
    const foldsOf = ({ clips }: typeof first): [string, number][] => clips.map(({ id, fold }) => [id, fold]);
    expect(foldsOf(first)).toEqual(foldsOf(second));
  });
});
