import path from "node:path";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeFolder } from "../temporary-folder.ts";

const audio = {
  "a/1.wav": "1",
  "a/2.wav": "2",
  "b, c/3.wav": "3",
  'q"4.wav': "4",
  "5.wav": "5",
  "6.wav": "6",
};

describe("manifest.csv", () => {
  it("gives path, class, fold and recording; quotes, commas, BOM, CRLF, backslashes, any case and extra columns", async () => {
    const table = [
      "\uFEFFPath,Label,FOLD,group,license",
      "a/1.wav,dog,1,yard,CC0",
      "a\\2.wav,dog,2,,CC0",
      '"b, c/3.wav","cat, grey",1,,',
      '"q""4.wav","cat, grey",2,,"multi\r\nline"',
      "./5.wav,dog,1,yard,",
    ].join("\r\n");
    const root = makeFolder({ "manifest.csv": table, ...audio });
    const { layout, labels, clips, warnings } = await readDataset(root);
    expect(layout).toBe("manifest: manifest.csv lists 5 clips with their folds");
    expect(labels).toEqual(["cat, grey", "dog"]);
    expect(clips.map(({ id, fold, source }) => [id, fold, source])).toEqual([
      ["a/1.wav", 1, "yard"],
      ["a/2.wav", 2, "a/2.wav"],
      ["b, c/3.wav", 1, "b, c/3.wav"],
      ['q"4.wav', 2, 'q"4.wav'],
      ["5.wav", 1, "yard"],
    ]);
    expect(clips[2]?.path).toBe(path.join(root, "b, c/3.wav"));
    expect(warnings).toEqual([]);
  });

  it.each([";", "\t"])(
    "is also read with %j between the columns, where the header has them",
    async (delimiter) => {
      const rows = [
        ["path", "label", "fold"],
        ["a/1.wav", "dog, big", "1"],
        ["a/2.wav", "cat", "2"],
      ];
      const table = rows.map((row) => row.join(delimiter)).join("\r\n");
      const { clips } = await readDataset(makeFolder({ "manifest.csv": table, ...audio }));
      expect(clips.map(({ label, fold }) => [label, fold])).toEqual([
        ["dog, big", 1],
        ["cat", 2],
      ]);
    },
  );

  it("takes ranges; all clips of a file stay in one fold", async () => {
    const rows = ["1", "2", "3"].flatMap((file) => [
      `long/${file}.wav,dog,0,1.5`,
      `long/${file}.wav,cat,1.5,4`,
    ]);
    const files = Object.fromEntries(["1", "2", "3"].map((file) => [`long/${file}.wav`, file]));
    const table = ["path,label,start,end", ...rows].join("\n");
    const { clips } = await readDataset(makeFolder({ "sounds.csv": table, ...files }));
    expect(clips[1]).toMatchObject({ id: "long/1.wav@1.5-4", range: { startSeconds: 1.5, endSeconds: 4 } });
    expect(clips.map(({ fold }) => fold)).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("lists everything that is wrong together, with its line", async () => {
    const table = [
      "path,label,fold,start,end",
      "../outside.wav,dog,1,,",
      "/etc/passwd,dog,1,,",
      "none.wav,dog,1,,",
      "a/1.wav,,1,,",
      "a/1.wav,dog,0,,",
      "a/1.wav,dog,1,2,1",
      "a/1.wav,dog,1,2,",
      "a/1.wav,dog,1,-1,2",
      "5.wav,dog,1,,",
      "5.wav,dog,1,,",
      "6.wav,cat,,,",
    ].join("\n");
    const root = makeFolder({ "manifest.csv": table, ...audio });
    const message = await readDataset(root).catch(String);
    expect(message).toBe(
      [
        `UserError: ${root}: 12 problems`,
        '  manifest.csv line 5: label: expected a class, got ""',
        '  manifest.csv line 6: fold: expected a whole number from 1, got "0"',
        '  manifest.csv line 9: start: expected seconds from 0, got "-1"',
        "  manifest.csv line 2: expected a path inside the folder, got ../outside.wav; --allow-outside reads it there",
        "  manifest.csv line 3: expected a path inside the folder, got /etc/passwd; --allow-outside reads it there",
        "  manifest.csv line 4: expected the file none.wav, got nothing there",
        "  manifest.csv line 7: expected start before end, got 2 to 1",
        "  manifest.csv line 8: expected both start and end, or neither",
        "  manifest.csv: expected a fold for all clips or none, got 2 of 3",
        "  5.wav: expected one entry, got 2",
        "  expected at least 2 folds, got only fold 1",
        "  expected at least 3 recordings of a class to make folds, got at most 1 of a class",
      ].join("\n"),
    );
  });

  it.each([
    ["a missing column", "path,fold\na/1.wav,1", "manifest.csv: expected the column label, got path, fold"],
    ["an empty file", "", "manifest.csv: expected the columns path, label, got none"],
    ["a header alone", "path,label\n", "expected clips, got none"],
    [
      "an open quote",
      'path,label\n"a/1.wav,dog',
      "manifest.csv: expected comma-separated values with a header line",
    ],
    [
      "a ragged row",
      "path,label\na/1.wav,dog,1",
      "manifest.csv: expected comma-separated values with a header line",
    ],
  ])("names %s", async (_title, table, expected) => {
    await expect(readDataset(makeFolder({ "manifest.csv": table, ...audio }))).rejects.toThrow(expected);
  });

  it("may be given itself, in place of the folder", async () => {
    const table = "path,label,fold\na/1.wav,dog,1\na/2.wav,cat,2";
    const root = makeFolder({ "one.csv": table, "other.csv": "x", ...audio });
    expect((await readDataset(path.join(root, "one.csv"))).clips).toHaveLength(2);
    await expect(readDataset(path.join(root, "5.wav"))).rejects.toThrow("got the file 5.wav");
  });
});

describe("manifest.jsonl", () => {
  it("is read as the CSV is, and bad lines are named", async () => {
    const lines = [
      '{"path":"a/1.wav","label":"dog","fold":1}',
      "",
      '{"path":"a/2.wav","label":"cat","fold":2}',
    ];
    const good = await readDataset(makeFolder({ "manifest.jsonl": lines.join("\r\n"), ...audio }));
    expect(good.clips.map(({ label, fold }) => [label, fold])).toEqual([
      ["dog", 1],
      ["cat", 2],
    ]);
    const bad = [...lines, "{", '{"path":"a/1.wav"}', "[]"].join("\n");
    const message = await readDataset(makeFolder({ "manifest.jsonl": bad, ...audio })).catch(String);
    expect(message).toMatch(
      /jsonl line 4: .*\n {2}manifest.jsonl line 5: label: .*\n {2}manifest.jsonl line 6: /,
    );
  });
});
