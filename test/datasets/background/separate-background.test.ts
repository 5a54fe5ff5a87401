import { describe, expect, it } from "vitest";
import { isBed } from "../../../datasets/background/separate-background.ts";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeFolder } from "../temporary-folder.ts";

const list = (...folders: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    folders.flatMap((folder) =>
      [0, 1, 2, 3, 4, 5].map((name) => [`${folder}/${name}.wav`, `${folder}${name}`]),
    ),
  );

const namesOf = (clips: readonly { readonly label: string }[]): string[] =>
  [...new Set(clips.map(({ label }) => label))].sort();

describe("folders of background", () => {
  it.each(["background", "noise", "silence", "_background_noise_", "other", "unknown", "none", "Noise"])(
    "%s is never a class",
    async (name) => {
      const set = await readDataset(makeFolder(list("dog", "cat", name)));
      expect(set.labels).toEqual(["cat", "dog"]);
      expect(namesOf(set.background)).toEqual([name]);
      expect(set.layout).toContain(`background, no class: ${name} (6)`);
      expect(set.unused).toEqual([]);
      expect(new Set(set.background.map(({ fold }) => fold)).size).toBe(5);
    },
  );

  it("are classes where only one class would be left, and where every folder is said to be one", async () => {
    const alone = await readDataset(makeFolder(list("knock", "background")));
    expect(alone.labels).toEqual(["background", "knock"]);
    const forced = await readDataset(makeFolder(list("dog", "cat", "noise")), { layout: "folder-per-class" });
    expect(forced.labels).toEqual(["cat", "dog", "noise"]);
  });

  it("are further ones by name, or outside of the data set", async () => {
    const outside = makeFolder(list("street"));
    const set = await readDataset(makeFolder(list("dog", "cat", "kitchen")), {
      background: ["kitchen", outside],
      negatives: [`${outside}/street`],
    });
    expect(set.labels).toEqual(["cat", "dog"]);
    expect(namesOf(set.background)).toEqual(["background", "kitchen", "negatives"]);
    expect(namesOf(set.background.filter(isBed))).toEqual(["background", "kitchen"]);
  });

  it.each([
    [{ background: ["nowhere"] }, "--background nowhere: expected a class of the data set or a folder"],
    [{ negatives: ["nowhere"] }, "--negatives nowhere: expected a folder of sounds"],
  ])("refuses %o", async (options, message) => {
    await expect(readDataset(makeFolder(list("dog", "cat")), options)).rejects.toThrow(message);
  });

  it("keeps the parts of a split apart", async () => {
    const files = ["train", "validation", "test"].flatMap((part) =>
      ["dog", "cat", "noise"].map((name) => `${part}/${name}`),
    );
    const { background } = await readDataset(makeFolder(list(...files)));
    const folds = new Map(background.map(({ id, fold }) => [id.split("/")[0], fold]));
    expect(folds).toEqual(
      new Map([
        ["test", 1],
        ["validation", 2],
        ["train", 3],
      ]),
    );
  });

  it("trains on the only recording that there is", async () => {
    const { background, clips } = await readDataset(
      makeFolder({ ...list("dog", "cat"), "noise/room.wav": "room" }),
    );
    expect(background.map(({ fold }) => fold)).toEqual([Math.max(...clips.map(({ fold }) => fold))]);
  });
});
