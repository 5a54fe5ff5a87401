import { createHash } from "node:crypto";
import path from "node:path";
import type { Labelling } from "../../common/labelling.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { protocols, type NamedJob, type ProtocolName, type ProtocolOptions } from "../../training/jobs/protocols.ts";
import type { RecipeName } from "../../training/jobs/recipes.ts";
import { UserError } from "../../common/user-error.ts";
import type { Overrides } from "../../training/jobs/override-job.ts";
import { loadBackbone } from "../backbones/load-backbone.ts";
import { chooseWindow, listWindowOverrides, measureClips } from "./choose-window.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkSources } from "./check-sources.ts";
import type { DataSettings } from "./open-data.ts";
import { parseOverrides } from "./parse-overrides.ts";
import { type DatasetReading, embeddedData, type RunConfig } from "../../run-files/run-config.ts";

/** Of networks that train; a head on a backbone has its own (`chooseHeadProtocol`). */
export const defaultProtocol = "holdout";

/** What the options of `start`, `train` and `tune` say, as yargs hands them over. */
export interface RunSettings extends DataSettings {
  readonly background: readonly string[];
  readonly negatives: readonly string[];
  readonly extractor?: RunConfig["extractor"] | undefined;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly engine: RunConfig["engine"];
  readonly threads?: number | undefined;
  /** `defaultProtocol` unless given. */
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
  readonly teacherBackbone?: string | undefined;
  /** Chosen by the clips unless given. */
  readonly windowSeconds?: number | undefined;
  readonly set: readonly string[];
}

/**
 * Every job that the options ask for on a data set.
 * @throws UserError that lists every mistake, before any feature is computed
 */
export async function planJobs(settings: RunSettings, dataset: Dataset): Promise<NamedJob[]> {
  const { labels, labelling, clips } = dataset;
  checkSources(clips, { "exclude-source": settings.excludeSource });
  const folds = listFolds(clips);
  const jobs = listJobs(settings, { classes: labels.length, folds, labelling }, {
    ...(await overrideWindow(settings, clips)),
    ...(await overrideTeacher(settings)),
  });
  await checkJobs(jobs, dataset, settings.maxClipSeconds);
  return jobs;
}

/** The backbone that the jobs learn from, checked. */
async function overrideTeacher({ teacherBackbone }: RunSettings): Promise<Overrides> {
  if (teacherBackbone === undefined) return {};
  const { file, backbone } = await loadBackbone(teacherBackbone);
  const { sha256, source, license } = backbone;
  return { teacherBackbone: { file: path.resolve(file), sha256, source, license } };
}

/**
 * The window that the data set's clips ask for, said on the terminal. The recipe `report` keeps the reference's,
 * the embedded data set has its clips, and features that are set by hand stay.
 * @throws UserError for a window that is no time
 */
async function overrideWindow(settings: RunSettings, clips: Dataset["clips"]): Promise<Overrides> {
  const { windowSeconds, maxClipSeconds, set, data } = settings;
  if (windowSeconds !== undefined && !(windowSeconds > 0 && windowSeconds <= maxClipSeconds))
    throw new UserError(`--window-seconds: expected above 0 and up to ${maxClipSeconds}, got ${windowSeconds}`);
  const isByHand = set.some((setting) => setting.startsWith("features."));
  const isKnown = data === undefined || pickRecipe(settings) === "report";
  if (windowSeconds === undefined && (isKnown || isByHand)) return {};
  const choice = chooseWindow(await measureClips(clips), windowSeconds);
  console.log(choice.note);
  return listWindowOverrides(choice);
}

/** What of a data set decides its jobs. */
interface JobData {
  readonly classes: number;
  readonly folds: readonly number[];
  readonly labelling?: Labelling;
}

/**
 * Every job that the options ask for: one for each network, head count, seed and turn of the protocol.
 * @throws UserError that lists every mistake
 */
export function listJobs(
  settings: RunSettings,
  { classes, folds, labelling = "one" }: JobData,
  chosen: Overrides = {},
): NamedJob[] {
  const networks = settings.network.flatMap((architecture): ProtocolOptions["networks"] =>
    architecture === "cnn-transformer"
      ? settings.heads.map((heads) => ({ architecture, classes, heads }))
      : [{ architecture: "cnn", classes }],
  );
  const { epochs, batchSize, learningRate, warmStart, teachers } = settings;
  const overrides = {
    ...chosen,
    // Smoothing says that each class is in a few of the clips without it: of many classes, few are in a clip.
    ...(labelling === "several" && { labelling, labelSmoothing: 0 }),
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(learningRate !== undefined && { "optimiser.learningRate": learningRate }),
    ...(warmStart !== undefined && { warmStart }),
    ...(teachers.length > 0 && { "distillation.teachers": teachers }),
    ...parseOverrides(settings.set),
  };
  return protocols[settings.protocol ?? defaultProtocol]({
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
  const { data, skipBadClips, maxClipSeconds, engine, threads } = settings;
  const isMeydas = pickRecipe(settings) === "report" || job.features.scalarFeatures.length > 0;
  return {
    data: data === undefined ? embeddedData : path.resolve(data),
    ...keepReading(settings),
    extractor: settings.extractor ?? (isMeydas ? "meyda" : "graph"),
    skipBadClips,
    maxClipSeconds,
    engine,
    ...(threads !== undefined && { threads }),
    job,
  };
}

/** How the data set's folder is read, with absolute paths: nothing where no option says so. */
export function keepReading(settings: DataSettings): DatasetReading {
  const { layout, subset, groupBy, namePattern, allowOutside, multiLabel } = settings;
  const { background = [], negatives = [] } = settings;
  return {
    ...(layout !== undefined && { layout }),
    ...(subset !== undefined && { subset }),
    ...(groupBy !== undefined && { groupBy }),
    ...(namePattern !== undefined && { namePattern }),
    ...(allowOutside === true && { allowOutside }),
    ...(multiLabel === true && { multiLabel }),
    ...(background.length > 0 && { background: background.map(resolveFolder) }),
    ...(negatives.length > 0 && { negatives: negatives.map((folder) => path.resolve(folder)) }),
  };
}

/** The path of a folder as an absolute one; the name of a class as it is. */
const resolveFolder = (name: string): string => (/[\\/]/.test(name) ? path.resolve(name) : name);

/** People's own sounds are used in rooms; the embedded set is there to be quick, the reference to be compared with. */
function pickRecipe({ recipe, data, protocol }: RunSettings): RecipeName {
  if (recipe !== undefined) return recipe;
  if (protocol === "report") return "report";
  return data === undefined ? "quick" : "field";
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
