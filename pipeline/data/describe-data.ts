import { makeVisible } from "../../common/visible-text.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { writeJson } from "../../run-files/json-file.ts";
import type { DataFile } from "../../run-files/stage-files.ts";
import type { Run } from "../runs/run-folder.ts";

/** What is to be known of a data set, and what of it is not used. */
export function printNotes({ warnings, unused }: Dataset): void {
  for (const warning of warnings) console.log(`note: ${makeVisible(warning)}`);
  for (const line of unused) console.log(`not used: ${makeVisible(line)}`);
}

/** Keeps what a run was trained on as its `data.json`. */
export async function describeRunData({ files }: Pick<Run, "files">, dataset: Dataset): Promise<string> {
  const { name, layout, root, labels, clips, warnings, unused } = dataset;
  const folds = new Set(clips.map(({ fold }) => fold)).size;
  const listed = clips.map(({ id, path, label, fold, source }) => ({ id, path, label, fold, source }));
  const described: DataFile = {
    name,
    layout,
    root,
    labels: [...labels],
    folds,
    warnings: [...warnings, ...unused.map((line) => `not used: ${line}`)],
    clips: listed,
  };
  await writeJson(files.data, described);
  printNotes(dataset);
  return `${root}: ${clips.length} clips, ${labels.length} classes, ${folds} folds (${layout})`;
}
