import { createHash } from "node:crypto";
import path from "node:path";
import { composeJob } from "../training/compose-job.ts";
import { overrideJob } from "../training/override-job.ts";
import type { RecipeName } from "../training/recipes.ts";
import { embeddedData, type RunConfig } from "./run-config.ts";

/** What the options of `start` and `train` say, as yargs hands them over. */
export interface RunSettings {
  readonly data?: string | undefined;
  readonly layout?: RunConfig["layout"] | undefined;
  readonly subset?: RunConfig["subset"] | undefined;
  readonly groupBy?: string | undefined;
  readonly extractor: RunConfig["extractor"];
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly engine: RunConfig["engine"];
  readonly network: "cnn" | "cnn-transformer";
  readonly heads: number;
  readonly testFold: number;
  readonly validationFold: number;
  readonly recipe: RecipeName;
  /** These three are the recipe's own unless given. */
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly seed: number;
}

/** @param classes of the data set; the last layer follows @throws UserError that lists every mistake */
export function makeRunConfig(settings: RunSettings, classes: number): RunConfig {
  const { data, layout, extractor, engine, network, heads } = settings;
  const job = composeJob({
    recipe: settings.recipe,
    network:
      network === "cnn" ? { architecture: network, classes } : { architecture: network, classes, heads },
    folds: { test: [settings.testFold], validation: [settings.validationFold] },
    seed: settings.seed,
  });
  const { epochs, batchSize, learningRate } = settings;
  return {
    data: data === undefined ? embeddedData : path.resolve(data),
    ...(layout !== undefined && { layout }),
    ...(settings.subset !== undefined && { subset: settings.subset }),
    ...(settings.groupBy !== undefined && { groupBy: settings.groupBy }),
    extractor,
    skipBadClips: settings.skipBadClips,
    maxClipSeconds: settings.maxClipSeconds,
    engine,
    job: overrideJob(job, {
      ...(epochs !== undefined && { epochs }),
      ...(batchSize !== undefined && { batchSize }),
      ...(learningRate !== undefined && { "optimiser.learningRate": learningRate }),
    }),
  };
}

/** `<data>-<network>-<8 digits of the settings>`: the same settings find the same run again. */
export function nameRun(config: RunConfig): string {
  const data = config.data === embeddedData ? embeddedData : path.basename(config.data);
  const digest = createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 8);
  const readable = data.replaceAll(/[^\p{Letter}\p{Number}._-]+/gu, "-");
  return `${readable}-${config.job.network.architecture}-${digest}`;
}
