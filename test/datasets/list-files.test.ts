import { symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isAudioFile, listFiles } from "../../datasets/list-files.ts";
import { makeFolder } from "./temporary-folder.ts";

describe("listFiles", () => {
  it("lists files of all depths in one order, without hidden ones", async () => {
    const root = makeFolder({
      "b/2.wav": "",
      "b/10.wav": "",
      "a/deep/er/x.ogg": "",
      "README.txt": "",
      ".git/config": "",
      "a/._x.wav": "",
      "__MACOSX/a.wav": "",
    });
    const { files, problems } = await listFiles(root);
    expect(files).toEqual(["README.txt", "a/deep/er/x.ogg", "b/10.wav", "b/2.wav"]);
    expect(problems).toEqual([]);
  });

  it("keeps names with spaces, commas, quotes, line breaks and other scripts", async () => {
    const names = ["a, b/c d.wav", 'quo"te.wav', "line\nbreak.wav", "Vögel/Ünï.wav", "鳥/声.wav"];
    const { files } = await listFiles(makeFolder(Object.fromEntries(names.map((name) => [name, ""]))));
    expect([...files].sort()).toEqual([...names].sort());
  });

  it("follows links, but not in circles, and names broken ones", async () => {
    const root = makeFolder({ "dog/a.wav": "" });
    const elsewhere = makeFolder({ "b.wav": "" });
    symlinkSync(root, path.join(root, "dog", "loop"));
    symlinkSync("self", path.join(root, "self"));
    symlinkSync(elsewhere, path.join(root, "cat"));
    symlinkSync(path.join(elsewhere, "b.wav"), path.join(root, "dog", "linked.wav"));
    symlinkSync("nowhere.wav", path.join(root, "dog", "broken.wav"));
    const { files, problems } = await listFiles(root);
    expect(files).toEqual(["cat/b.wav", "dog/a.wav", "dog/linked.wav"]);
    expect(problems).toEqual([
      "dog/broken.wav: expected a file or a folder, got a broken link",
      "self: expected a file or a folder, got a broken link",
    ]);
  });

  it("takes a file for what its folder is about, and refuses a missing one", async () => {
    const root = makeFolder({ "a.txt": "" });
    await expect(listFiles(path.join(root, "none"))).rejects.toThrow(
      "none: expected a folder of labelled audio, got nothing there",
    );
    expect(await listFiles(path.join(root, "a.txt"))).toMatchObject({
      root,
      files: ["a.txt"],
      picked: "a.txt",
    });
  });
});

it.each([
  ["a.WAV", true],
  ["a/b.opus", true],
  ["a.ogg.txt", false],
  ["wav", false],
])("isAudioFile(%s) is %s", (file, expected) => {
  expect(isAudioFile(file)).toBe(expected);
});
