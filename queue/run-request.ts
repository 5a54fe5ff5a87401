import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../common/user-error.ts";
import { fetchJobFiles, listJobFiles, readPointer, storeJobFiles, writePointer } from "./job-files.ts";
import { type ProgressMessage, runJobProcess } from "./job-process.ts";
import type { JobRequest } from "./job-request.ts";
import { type Artefact, storeFile, storeTree, type TreeFile } from "./store/artefacts.ts";
import { type Store, StoreUnavailable } from "./store/store.ts";
import { layOutChunk } from "./predict-request.ts";
import { layOutTraining } from "./train-request.ts";
import { describeError } from "../common/describe-error.ts";

/** Why a running job is stopped: by the user, with its worker, or because another worker has it now. */
export type StopReason = "cancelled" | "closing" | "lock lost";

interface RequestOptions {
  readonly store: Store;
  /** The script that runs one job. */
  readonly program: URL;
  readonly cacheFolder: string;
  /** Of this job on this worker; removed in the end. */
  readonly folder: string;
  /** Aborted with a `StopReason`: the job saves and stops. */
  readonly signal: AbortSignal;
  readonly onProgress: (message: ProgressMessage) => void;
  readonly onLine: (line: string) => void;
}

/**
 * Runs a job from the store to the store: fetches its input and its last checkpoints, runs it in a process of its own,
 * stores its checkpoints as they appear, and then all that it wrote.
 * @returns its files
 * @throws UserError saying why it failed, or that it was stopped
 */
export async function runRequest(
  id: string,
  request: JobRequest,
  options: RequestOptions,
): Promise<Artefact> {
  const { store, program, cacheFolder, folder, signal, onProgress, onLine } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const job =
      request.kind === "train"
        ? await layOutTraining(request, folder, { store, cacheFolder })
        : await layOutChunk(request, folder, { store, cacheFolder });
    const before = await readPointer(store, "progress", id);
    if (before !== undefined) await fetchProgress(store, before, folder, onLine);
    const keeper = createKeeper(
      id,
      folder,
      request.kind === "train" ? request.config.job.checkpointSeconds : Infinity,
      options,
    );
    const failure = await runJobProcess(job, {
      program,
      signal,
      onProgress: (message) => {
        onProgress(message);
        keeper.keep();
      },
    });
    await keeper.end();
    if (signal.aborted && signal.reason === "lock lost")
      throw new UserError(failure ?? "left to another worker");
    if (failure !== undefined) {
      await keeper.keepNow();
      throw new UserError(failure);
    }
    return await untilStoreAnswers(options, async () => {
      const tree = await storeJobFiles(store, folder);
      await writePointer(store, "results", id, tree);
      await store.remove(`progress/${id}.json`);
      return tree;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Checkpoints that cannot be had are not worth a failure: the job begins anew, and arrives at the same bits. */
async function fetchProgress(
  store: Store,
  tree: Artefact,
  folder: string,
  onLine: (line: string) => void,
): Promise<void> {
  try {
    await fetchJobFiles(store, tree, folder);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof StoreUnavailable) throw error;
    onLine(`${error.message}; beginning anew`);
    await rm(path.join(folder, "checkpoints"), { recursive: true, force: true });
  }
}

const checkpointFolder = "checkpoints";

/** Stores a running job's checkpoints: at most one transfer at a time, and most of the time none. */
function createKeeper(
  id: string,
  folder: string,
  minSeconds: number,
  { store, signal, onLine }: RequestOptions,
) {
  let running: Promise<void> | undefined;
  let nextMs = performance.now() + 1000 * minSeconds;
  const known = new Map<string, { mark: string; artefact: Artefact }>();
  let stored = "";

  const keepNow = async (): Promise<void> => {
    const startedMs = performance.now();
    try {
      const files = await storeCheckpoints(store, folder, known);
      const tree = files.length === 0 ? undefined : await storeTree(store, files);
      if (tree === undefined || tree.sha256 === stored || signal.reason === "lock lost") return;
      await writePointer(store, "progress", id, tree);
      stored = tree.sha256;
    } catch (error) {
      if (isMissing(error)) return; // a checkpoint was replaced meanwhile: the next one is stored
      onLine(`its checkpoint is not in the store: ${describeError(error)}`);
    } finally {
      const tookMs = performance.now() - startedMs;
      nextMs = performance.now() + Math.max(1000 * minSeconds, restFactor * tookMs);
    }
  };

  return {
    keepNow,
    keep(): void {
      if (running !== undefined || performance.now() < nextMs) return;
      running = keepNow().finally(() => {
        running = undefined;
      });
    },
    async end(): Promise<void> {
      await running;
    },
  };
}

/** Storing takes at most a fiftieth of the time. */
const restFactor = 50;

/** Whole checkpoints never change, so that a file is read once. */
async function storeCheckpoints(
  store: Store,
  folder: string,
  known: Map<string, { mark: string; artefact: Artefact }>,
): Promise<TreeFile[]> {
  const names = await readdir(path.join(folder, checkpointFolder)).catch(() => []);
  const files: TreeFile[] = [];
  for (const name of names.filter((name) => !name.startsWith("."))) {
    const inside = `${checkpointFolder}/${name}`;
    for (const inner of await listJobFiles(path.join(folder, inside))) {
      const file = `${inside}/${inner}`;
      const place = path.join(folder, file);
      const { size, mtimeMs, ino } = await stat(place);
      const mark = `${size} ${mtimeMs} ${ino}`;
      const before = known.get(file);
      const artefact = before?.mark === mark ? before.artefact : await storeFile(store, place);
      known.set(file, { mark, artefact });
      files.push({ path: file, ...artefact });
    }
  }
  return files;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** Longest pause between two tries. */
const maxPauseMs = 15_000;

/** A finished job's files must reach the store: while the worker may keep the job, it tries. */
async function untilStoreAnswers<Result>(
  { signal, onLine }: RequestOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let pauseMs = 1_000; ; pauseMs = Math.min(maxPauseMs, 2 * pauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || signal.aborted) throw error;
      onLine(`${error.message}; trying again`);
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
