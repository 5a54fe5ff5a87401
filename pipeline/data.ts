import type { Dataset } from "../datasets/dataset.ts";
import { formatTable } from "./format-table.ts";
import { writeJson } from "./json-file.ts";
import { openDataset } from "./open-data.ts";
import { dataOptions } from "./options.ts";
import type { Run } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { summariseClasses } from "./summarise-classes.ts";

export const dataStage = defineStage({
  name: "data",
  describe: "Read a data set and show what is in it; without --data, make the embedded one",
  options: dataOptions,
  examples: [
    ["data", "the embedded data set: ten synthesised classes, five folds"],
    ["data -- --data ../sounds", "a folder of yours; all its problems are listed together"],
  ],
  run: async (args) => {
    const dataset = await openDataset(args);
    console.log(`${dataset.root}\n${dataset.layout}\n`);
    console.log(formatTable(["class", "clips", "recordings", "clips per fold"], summariseClasses(dataset)));
    for (const warning of dataset.warnings) console.log(`note: ${warning}`);
    console.log("\nNext: npm run features");
  },
});

/** Keeps what a run was trained on as its `data.json`. */
export async function describeRunData(run: Run, dataset: Dataset): Promise<string> {
  const { name, layout, root, labels, clips, warnings } = dataset;
  const folds = new Set(clips.map(({ fold }) => fold)).size;
  await writeJson(run.files.data, { name, layout, root, labels, clips: clips.length, folds, warnings });
  for (const warning of warnings) console.log(`note: ${warning}`);
  return `${root}: ${clips.length} clips, ${labels.length} classes, ${folds} folds (${layout})`;
}
