import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../features/user-error.ts";
import { experiments } from "./experiments.ts";
import { writeJson } from "./json-file.ts";

const accuracies = z.record(z.string(), z.number());

const resultsSchema = z.object({
  protocol: z.string(),
  command: z.string(),
  revision: z.string(),
  summaries: z.array(
    z.object({
      network: z.object({ architecture: z.string(), heads: z.number().optional() }),
      jobs: z.int(),
      testAccuracy: z.number().nullable(),
      testCropsAccuracy: z.number().nullable(),
      validationAccuracy: z.number().nullable(),
      testAccuracyOfSeeds: accuracies,
      testCropsAccuracyOfSeeds: accuracies,
      deviationOverSeeds: z.number().nullable(),
    }),
  ),
  jobs: z.array(
    z.object({
      network: z.string(),
      heads: z.number().optional(),
      seed: z.int(),
      folds: z.object({ test: z.array(z.int()), validation: z.array(z.int()) }),
      validationAccuracy: z.number().optional(),
      testAccuracy: z.number().optional(),
      testCropsAccuracy: z.number().optional(),
    }),
  ),
});

/**
 * Writes `<folder>/summary.json` from the results of all experiments there: per protocol, network, heads and recipe the
 * mean, the deviation, every seed and every fold. Accuracies are shares. @throws UserError on a file that is no result
 */
export async function summariseResults(folder: string): Promise<void> {
  const rows: object[] = [];
  const files: readonly string[] = await readdir(folder).catch(() => []);
  for (const { name, describe, recipe } of experiments) {
    if (!files.includes(`${name}.json`)) continue;
    const file = path.join(folder, `${name}.json`);
    const parsed = resultsSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
    if (!parsed.success) throw new UserError(`${file}: expected the results of a list of jobs`);
    const { protocol, command, revision, summaries, jobs } = parsed.data;
    for (const { network, ...summary } of summaries) {
      const own = jobs.filter((job) => job.network === network.architecture && job.heads === network.heads);
      rows.push({
        experiment: name,
        describe,
        protocol,
        recipe,
        network: network.architecture,
        ...(network.heads !== undefined && { heads: network.heads }),
        ...summary,
        folds: own.map(({ seed, folds, validationAccuracy, testAccuracy, testCropsAccuracy }) => ({
          ...{ seed, test: folds.test, validation: folds.validation },
          ...{ validationAccuracy, testAccuracy, testCropsAccuracy },
        })),
        command,
        revision,
      });
    }
  }
  await writeJson(path.join(folder, "summary.json"), rows);
}
