import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { summariseField } from "../../report/analysis/field.ts";
import { writeReport } from "../../report/write-report.ts";
import { fieldRunsSchema } from "../../run-files/field-file.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { writeSyntheticRun } from "./synthetic-run.ts";

const runs = fieldRunsSchema.parse(JSON.parse(await readFile("docs/measured/field-benchmark.json", "utf8")));

it.each(runs)("$name: the numbers are those of docs/field-benchmark.md", async (run) => {
  const page = await readFile("docs/field-benchmark.md", "utf8");
  const [, own = ""] = page.split(`| **${run.name}**`);
  for (const { snrDb, eventF1, segmentF1, classAccuracy, overlaps } of summariseField(run).rows) {
    const cells = [...eventF1, segmentF1].map((f1) => f1.toFixed(3));
    const accuracy = `${(100 * classAccuracy).toFixed(1)} %`;
    const line = new RegExp(`^\\|\\s*\\|\\s*${snrDb} dB\\s*\\|(.*)$`, "m").exec(own)?.[1];
    expect(
      line
        ?.split("|")
        .map((cell) => cell.trim())
        .slice(0, 5),
    ).toEqual([...cells, accuracy, `${overlaps.found} of ${overlaps.events}`]);
  }
});

it("stands in the report of a rotation that has it, and of no other", async () => {
  const folder = makeFolder();
  await writeSyntheticRun(folder);
  const read = async () => await readFile((await writeReport([folder], folder)).html, "utf8");
  expect(await read()).not.toContain("In the field");
  await writeFile(path.join(folder, "field.json"), JSON.stringify(runs[0]));
  const page = await read();
  expect(page).toContain("In the field");
  expect(page).toContain("20 dB");
});
