import { createHash } from "node:crypto";
import path from "node:path";
import type { Dataset } from "../../datasets/dataset.ts";
import { protocols, type NamedJob, type ProtocolName, type ProtocolOptions } from "../../training/jobs/protocols.ts";
import type { RecipeName } from "../../training/jobs/recipes.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkSources } from "./check-sources.ts";
import type { DataSettings } from "./open-data.ts";
import { parseOverrides } from "./parse-overrides.ts";
import { embeddedData, type RunConfig } from "../../run-files/run-config.ts";

/** What the options of `start`, `train` and `tune` say, as yargs hands them over. */
export interface RunSettings extends DataSettings {
  readonly background: readonly string[];
  readonly negatives: readonly string[];
  readonly extractor?: RunConfig["extractor"] | undefined;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly engine: RunConfig["engine"];
  readonly threads?: number | undefined;
  /** `holdout` unless given. */
  readonly protocol?: ProtocolName | undefined;
  readonly network: readonly string[];
  readonly heads: readonly number[];
  readonly seed: readonly number[];
  readonly testFold?: number | undefined;
  readonly validationFold?: number | undefined;
  readonly excludeSource: readonly string[];
  readonly recipe?: RecipeName | undefined;
  /** These are the recipe's own unless given. */
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly warmStart?: string | undefined;
  readonly teachers: readonly string[];
  readonly set: readonly string[];
}

/**
 * Every job that the options ask for on a data set.
 * @throws UserError that lists every mistake, before any feature is computed
 */
export async function planJobs(settings: RunSettings, dataset: Dataset): Promise<NamedJob[]> {
  const { labels, clips } = dataset;
  checkSources(clips, { "exclude-source": settings.excludeSource });
  const folds = [...new Set(clips.map(({ fold }) => fold))].sort((a, b) => a - b);
  const jobs = listJobs(settings, { classes: labels.length, folds });
  await checkJobs(jobs, dataset, settings.maxClipSeconds);
  return jobs;
}

/**
 * Every job that the options ask for: one for each network, head count, seed and turn of the protocol.
 * @throws UserError that lists every mistake
 */
export function listJobs(
  settings: RunSettings,
  { classes, folds }: { readonly classes: number; readonly folds: readonly number[] },
): NamedJob[] {
  const networks = settings.network.flatMap((architecture): ProtocolOptions["networks"] =>
    architecture === "cnn-transformer"
      ? settings.heads.map((heads) => ({ architecture, classes, heads }))
      : [{ architecture: "cnn", classes }],
  );
  const { epochs, batchSize, learningRate, warmStart, teachers } = settings;
  const overrides = {
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(learningRate !== undefined && { "optimiser.learningRate": learningRate }),
    ...(warmStart !== undefined && { warmStart }),
    ...(teachers.length > 0 && { "distillation.teachers": teachers }),
    ...parseOverrides(settings.set),
  };
  return protocols[settings.protocol ?? "holdout"]({
    recipe: pickRecipe(settings),
    networks,
    seeds: settings.seed,
    folds,
    testFold: settings.testFold,
    validationFold: settings.validationFold,
    excludedSources: settings.excludeSource,
    overrides,
  });
}

/** A job with its data and engine. The reference's own features are Meyda's, and so are all but the mel bands. */
export function makeRunConfig(settings: RunSettings, job: NamedJob["job"]): RunConfig {
  const { background, negatives } = settings;
  const { data, layout, subset, groupBy, namePattern, allowOutside, skipBadClips, maxClipSeconds, engine, threads } = settings;
  const isMeydas = pickRecipe(settings) === "report" || job.features.scalarFeatures.length > 0;
  return {
    data: data === undefined ? embeddedData : path.resolve(data),
    ...(layout !== undefined && { layout }),
    ...(subset !== undefined && { subset }),
    ...(groupBy !== undefined && { groupBy }),
    ...(namePattern !== undefined && { namePattern }),
    ...(allowOutside === true && { allowOutside }),
    ...(background.length > 0 && { background: background.map(resolveFolder) }),
    ...(negatives.length > 0 && { negatives: negatives.map((folder) => path.resolve(folder)) }),
    extractor: settings.extractor ?? (isMeydas ? "meyda" : "graph"),
    skipBadClips,
    maxClipSeconds,
    engine,
    ...(threads !== undefined && { threads }),
    job,
  };
}

/** The path of a folder as an absolute one; the name of a class as it is. */
const resolveFolder = (name: string): string => (/[\\/]/.test(name) ? path.resolve(name) : name);

/** People's own sounds deserve the best; the embedded set is there to be quick, the reference to be compared with. */
function pickRecipe({ recipe, data, protocol, background, negatives }: RunSettings): RecipeName {
  if (recipe !== undefined) return recipe;
  if (protocol === "report") return "report";
  if (data === undefined) return "quick";
  return background.length + negatives.length > 0 ? "field" : "best";
}

/** Of a data set's name in a run's: a folder's name may have 255. */
const maxDataCharacters = 60;

/** `<data>-<what>-<8 digits of the settings>`: the same settings find the same run again. */
export function nameRun(data: string, what: string, settings: unknown): string {
  const name = data === embeddedData ? embeddedData : path.basename(data);
  const digest = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
  const readable = name.replaceAll(/[^\p{Letter}\p{Number}._-]+/gu, "-").slice(0, maxDataCharacters);
  return `${readable}-${what}-${digest}`;
}
