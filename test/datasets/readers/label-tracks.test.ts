import { describe, expect, it } from "vitest";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeFolder } from "../temporary-folder.ts";

function makeTrack(regions: readonly (readonly [number, number, string])[]): string {
  return regions
    .map(([start, end, label]) => `${start.toFixed(6)}\t${end.toFixed(6)}\t${label}\r\n`)
    .join("");
}

describe("Audacity label files", () => {
  it("cut one long recording into clips; regions that touch or overlap share a fold", async () => {
    const track = makeTrack([
      [0, 2, "dog"],
      [2.5, 4, "cat"],
      [3.5, 5, "dog"],
      [10, 12, "dog"],
      [20, 22, "cat"],
      [30, 31, "dog"],
      [40, 41, "cat"],
    ]);
    const files = { "garden.wav": "audio", "garden.txt": `${track}\\\t100.0\t200.0\n`, "notes.md": "" };
    const { layout, clips, warnings, unused } = await readDataset(makeFolder(files));
    expect(layout).toBe("label-tracks: 1 recording with 7 regions in Audacity label files");
    expect(warnings[0]).toContain(
      "stretches of one recording are in different folds, so accuracy is inflated",
    );
    expect(unused).toEqual(["1 other file: notes.md"]);
    expect(clips[1]).toMatchObject({
      id: "garden.wav@2.5-4",
      label: "cat",
      range: { startSeconds: 2.5, endSeconds: 4 },
      source: "garden.wav from 0 s",
    });
    expect(new Set(clips.slice(0, 3).map(({ fold }) => fold)).size).toBe(1);
  });

  it("make folds of whole recordings where there are three", async () => {
    const track = makeTrack([
      [0, 1, "dog"],
      [50, 51, "cat"],
    ]);
    const names = ["a", "b", "c"];
    const audio = Object.fromEntries(names.map((name) => [`${name}.flac`, name]));
    const tracks = Object.fromEntries(names.map((name) => [`${name}.txt`, track]));
    const { clips } = await readDataset(makeFolder({ ...audio, ...tracks }));
    expect(clips.map(({ source }) => source)).toEqual(
      names.flatMap((name) => [`${name}.flac`, `${name}.flac`]),
    );
  });

  it("are told line by line what is wrong with them", async () => {
    const track = "0.0\t1.0\tdog\n1.0\t1.0\tpoint\n2.0\t3.0\t\nnonsense\n";
    const message = await readDataset(makeFolder({ "a.wav": "", "a.txt": track })).catch(String);
    expect(message).toContain("a.txt line 2: expected a region, got a point at 1 s");
    expect(message).toContain("a.txt line 3: expected a class after the times, got none");
    expect(message).toContain("a.txt line 4: expected start, end and class between tabs, got nonsense");
  });
});
