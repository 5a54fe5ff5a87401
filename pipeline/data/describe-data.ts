import { makeVisible } from "../../common/visible-text.ts";
import { isBed } from "../../datasets/background/separate-background.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { writeJson } from "../../run-files/json-file.ts";
import type { DataFile } from "../../run-files/stage-files.ts";
import type { Run } from "../runs/run-folder.ts";

/** What is to be known of a data set, and what of it is not used. */
export function printNotes({ warnings, unused, background }: Dataset): void {
  console.log(makeVisible(describeBackground(background)));
  for (const warning of warnings) console.log(`note: ${makeVisible(warning)}`);
  for (const line of unused) console.log(`not used: ${makeVisible(line)}`);
}

/** Keeps what a run was trained on as its `data.json`. */
export async function describeRunData({ files }: Pick<Run, "files">, dataset: Dataset): Promise<string> {
  const { name, layout, root, labels, clips, warnings, unused } = dataset;
  const folds = listFolds(clips).length;
  const listed = clips.map(({ id, path, label, labels, fold, source }) => ({
    id,
    path,
    label,
    fold,
    source,
    ...(labels !== undefined && { labels: [...labels] }),
  }));
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

/** What is never named, and what stands in for it. */
function describeBackground(background: Dataset["background"]): string {
  if (background.length === 0)
    return "background: none found; thresholds and --recipe field use generated sounds: silence, hum, noise... (docs/field.md)";
  const counts = [...groupBy(background, ({ label }) => label)].map(
    ([label, clips]) => `${label} (${clips.length})`,
  );
  return (
    `background: ${counts.join(", ")}, never named: for thresholds, and with --recipe field negatives in ` +
    `training${background.some(isBed) ? " and under the sounds" : ""} (docs/field.md)`
  );
}
