import { copyFile, link, mkdir, rename, rm, stat } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { UserError } from "../common/user-error.ts";
import { openContentIndex } from "../datasets/cache/content-index.ts";
import { forEachConcurrently } from "../datasets/for-each-concurrently.ts";
import { listFiles } from "../datasets/list-files.ts";
import type { TrainingJob } from "../run-files/job.ts";
import { readJson, writeJson } from "../run-files/json-file.ts";
import { embeddedData, runConfigSchema, type RunConfig } from "../run-files/run-config.ts";
import { fetchJobFiles, storeJobFiles } from "./job-files.ts";
import type { StoredData, TrainRequest } from "./job-request.ts";
import type { TrainJob } from "./job-runner.ts";
import { fetchFile, fetchTree, storeFile, storeTree } from "./store/artefacts.ts";
import type { Artefact, TreeFile } from "./store/artefacts.ts";
import type { OpenStore } from "./store/open-store.ts";
import type { Store } from "./store/store.ts";
import type { Versions } from "./versions.ts";

/** Files that are stored or fetched at a time. */
const concurrency = 16;

interface RequestContext {
  readonly open: OpenStore;
  readonly versions: Versions;
  /** Name of the list that the job belongs to. */
  readonly list: string;
  /** Remembers the hashes of files: the feature cache's. */
  readonly hashIndexFile: string;
  /** What trains where the settings say `auto`. */
  readonly chooseEngine: () => Promise<Exclude<RunConfig["engine"], "auto">>;
}

/** Writes requests for trainings: settings from the job's folder, its data and the trained jobs it names into the store. */
export function createTrainRequests({ open, versions, list, hashIndexFile, chooseEngine }: RequestContext) {
  const { store, id: storeId } = open;
  const stored = new Map<string, Promise<StoredData>>();
  const trainedFolders = new Map<string, Promise<Artefact>>();
  let chosen: ReturnType<typeof chooseEngine> | undefined;
  return async ({ folder, tensorboard }: TrainJob): Promise<TrainRequest> => {
    const whole = await readJson(path.join(folder, "config.json"), runConfigSchema);
    if (whole === undefined) throw new UserError(`${folder}: expected a run's config.json, got none`);
    const { data, allowOutside, engine, ...rest } = whole;
    if (whole.job.teacherBackbone !== null)
      throw new UserError(
        "--queue: expected jobs without --teacher-backbone, whose embeddings are computed on this machine; train them here",
      );
    if (allowOutside === true)
      throw new UserError(
        "--queue: expected data in one folder, got --allow-outside; copy the files into it",
      );
    const config = { ...rest, engine: engine === "auto" ? await (chosen ??= chooseEngine()) : engine };
    const trained: TrainRequest["trained"] = [];
    for (const other of listTrainedFolders(config.job))
      trained.push({
        folder: other,
        tree: await remember(trainedFolders, other, () => storeTrained(store, other)),
      });
    return {
      kind: "train",
      format: 1,
      list,
      name: path.basename(folder),
      storeId,
      versions,
      config,
      trained,
      tensorboard,
      data:
        data === embeddedData
          ? embeddedData
          : await remember(stored, data, () => storeData(store, data, hashIndexFile)),
    };
  };
}

function remember<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function storeTrained(store: Store, folder: string): Promise<Artefact> {
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true)
    throw new UserError(`--warm-start, --teachers: expected the folder of a trained job, got ${folder}`);
  return await storeJobFiles(store, folder);
}

/** Stores a data set's files, those that the store does not have. */
async function storeData(store: Store, data: string, hashIndexFile: string): Promise<StoredData> {
  const { root, files, picked } = await listFiles(data);
  const index = await openContentIndex(hashIndexFile);
  const stored: TreeFile[] = [];
  await forEachConcurrently(files, concurrency, async (file) => {
    const place = path.join(root, file);
    const known = { sha256: await index.hash(place), bytes: (await stat(place)).size };
    stored.push({ path: file, ...(await storeFile(store, place, known)) });
  });
  await index.save();
  const tree = await storeTree(store, stored);
  return { name: path.basename(path.resolve(root)), tree, ...(picked !== undefined && { picked }) };
}

interface WorkPlace {
  readonly store: Store;
  /** Shared by this machine's jobs; may be deleted while none runs. */
  readonly cacheFolder: string;
}

/** Folders of trained jobs that a job starts or learns from. */
function listTrainedFolders({ warmStart, distillation }: TrainingJob): Set<string> {
  return new Set([warmStart ?? [], distillation?.teachers ?? []].flat());
}

/** Lays out a training in an empty folder: its data beside it, its settings in it. @returns the job to run there */
export async function layOutTraining(
  { config, data, trained, tensorboard }: TrainRequest,
  folder: string,
  { store, cacheFolder }: WorkPlace,
): Promise<TrainJob> {
  const place = data === embeddedData ? embeddedData : await fetchData(store, data, cacheFolder);
  await writeJson(path.join(folder, "config.json"), { ...config, data: place });
  // A folder that is not in the store would be one of this machine's, which a job may not read.
  const stored = new Set(trained.map(({ folder: name }) => name));
  for (const name of listTrainedFolders(config.job))
    if (!stored.has(name))
      throw new UserError(`${name}: expected a trained job in the store, got its name alone`);
  const trainedFolders: Record<string, string> = {};
  for (const { folder: name, tree } of trained) {
    const target = path.join(cacheFolder, "trained", tree.sha256);
    if (!(await isFolder(target)))
      await appearWhole(target, (temporary) => fetchJobFiles(store, tree, temporary));
    trainedFolders[name] = target;
  }
  return { kind: "train", folder, tensorboard, trainedFolders };
}

/** Fetches the files of a data set that this machine does not have. @returns its folder, or the picked file in it */
async function fetchData(
  store: Store,
  { name, picked, tree }: StoredData,
  cacheFolder: string,
): Promise<string> {
  const place = path.resolve(cacheFolder, "data", tree.sha256);
  const root = path.join(place, name);
  if (!(await isFolder(place)))
    await appearWhole(place, async (temporary) => {
      const { files } = await fetchTree(store, tree);
      await forEachConcurrently(files, concurrency, async ({ path: file, ...artefact }) => {
        const kept = path.join(cacheFolder, "files", artefact.sha256.slice(0, 2), artefact.sha256);
        if ((await stat(kept).catch(() => undefined))?.size !== artefact.bytes)
          await fetchFile(store, artefact, kept);
        await linkFile(kept, path.join(temporary, name, ...file.split("/")));
      });
    });
  return picked === undefined ? root : path.join(root, picked);
}

async function appearWhole(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await isFolder(folder))) throw error; // else another worker was faster
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** One copy on disk for all data sets that have the file. */
async function linkFile(source: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await link(source, target).catch(async () => {
    await copyFile(source, target);
  });
}

const isFolder = async (folder: string): Promise<boolean> =>
  (await stat(folder).catch(() => undefined))?.isDirectory() === true;
