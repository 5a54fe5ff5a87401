import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Ablation, listResultsSchema, type ListResults } from "../../run-files/list-results.ts";
import { UserError } from "../../common/user-error.ts";
import { esc10Experiments, type Experiment } from "../runs/experiments.ts";
import { writeJson } from "../../run-files/json-file.ts";

/**
 * Writes `<folder>/summary.json` from the results of all experiments there: per protocol, network, heads and recipe the
 * mean, the deviation, every seed and every fold. Accuracies are fractions. @throws UserError on a file that is no result
 */
export async function summariseResults(folder: string, experiments: readonly Experiment[]): Promise<void> {
  const rows: object[] = [];
  const files: readonly string[] = await readdir(folder).catch(() => []);
  for (const { name, describe, recipe } of experiments) {
    if (!files.includes(`${name}.json`)) continue;
    const { protocol, command, summaries, without, jobs } = await readResults(folder, name);
    for (const { network, ...summary } of summaries) {
      const isOwn = (row: { network: string; heads?: number | undefined }): boolean =>
        row.network === network.architecture && row.heads === network.heads;
      const own = jobs.filter(isOwn);
      rows.push({
        experiment: name,
        describe,
        protocol,
        recipe,
        network: network.architecture,
        ...(network.heads !== undefined && { heads: network.heads }),
        ...summary,
        ...(without.length > 0 && { without: without.filter(isOwn) }),
        folds: own.map(({ seed, folds, validationAccuracy, testAccuracy, testCropsAccuracy }) => ({
          seed,
          test: folds.test,
          validation: folds.validation,
          validationAccuracy,
          testAccuracy,
          testCropsAccuracy,
        })),
        command,
        revisions: [...new Set(own.map(({ revision }) => revision))],
      });
    }
  }
  await writeJson(path.join(folder, "summary.json"), rows);
}

/** The recipe as it is and without each part, for the report: five-fold accuracies, 0 to 1. */
export async function listAblations(folder: string): Promise<Ablation> {
  const rows: Ablation = [];
  for (const { name } of esc10Experiments) {
    const part = /^ablation-(.*)$/.exec(name)?.[1];
    if (part === undefined && name !== "cv5-best-160") continue;
    const accuracy = await readResults(folder, name).then(
      ({ summaries: [summary] }) => summary?.testAccuracyOfSeeds["0"],
      () => undefined, // not run yet
    );
    const change = part === undefined ? "the whole recipe" : `without ${part.replaceAll("-", " ")}`;
    if (accuracy !== undefined) rows.push({ change, accuracy });
  }
  return rows;
}

async function readResults(folder: string, name: string): Promise<ListResults> {
  const file = path.join(folder, `${name}.json`);
  const parsed = listResultsSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new UserError(`${file}: expected the results of a list of jobs`);
  return parsed.data;
}
