import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { checkpointSchema, type Checkpoint } from "./checkpoint-format.ts";
import { readTensorFile, writeTensorFile, type NamedValues } from "./tensor-file.ts";

/** A checkpoint with its values. */
export interface LoadedCheckpoint {
  readonly folder: string;
  readonly checkpoint: Checkpoint;
  readonly weights: readonly NamedValues[];
  readonly state: readonly NamedValues[];
}

interface NewCheckpoint {
  readonly description: Omit<Checkpoint, "weights" | "state">;
  readonly weights: readonly NamedValues[];
  readonly state: readonly NamedValues[];
  /** The network as TF.js's own `model.json` describes it. */
  readonly topology: unknown;
}

const folderPattern = /^epoch-(\d{4,})$/;

/** Name of an epoch's checkpoint inside `<run>/checkpoints`. */
export function nameCheckpoint(epoch: number): string {
  return `epoch-${String(epoch).padStart(4, "0")}`;
}

/**
 * Writes `<run>/checkpoints/epoch-0001` under a temporary name and renames it, so that a checkpoint is there whole or
 * not at all. model.json with weights.bin is TF.js's own format. Returns the folder.
 */
export async function writeCheckpoint(runFolder: string, content: NewCheckpoint): Promise<string> {
  const store = path.join(runFolder, "checkpoints");
  const folder = path.join(store, nameCheckpoint(content.description.history.length));
  const temporary = path.join(store, `.writing-${String(process.pid)}`);
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    const weights = await writeTensorFile(temporary, "weights.bin", content.weights);
    const state = await writeTensorFile(temporary, "state.bin", content.state);
    const specs = weights.tensors.map((tensor) => ({ ...tensor, dtype: "float32" }));
    await writeJson(path.join(temporary, "model.json"), {
      format: "layers-model",
      modelTopology: content.topology,
      weightsManifest: [{ paths: [weights.file], weights: specs }],
    });
    await writeJson(path.join(temporary, "checkpoint.json"), { ...content.description, weights, state });
    await rm(folder, { recursive: true, force: true }); // only ever an epoch that is being computed again
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined); // the first error says more
    const got = error instanceof Error ? error.message : String(error);
    throw new UserError(`${folder}: expected to write a checkpoint, got ${got}; earlier ones are untouched`, {
      cause: error,
    });
  }
  return folder;
}

/** Reads and checks one checkpoint. @throws UserError saying what is missing, cut or changed */
export async function loadCheckpoint(folder: string): Promise<LoadedCheckpoint> {
  const file = path.join(folder, "checkpoint.json");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${folder}: expected a checkpoint, got no readable checkpoint.json`, {
      cause: error,
    });
  });
  const parsed = checkpointSchema.safeParse(parseJson(file, text));
  if (!parsed.success)
    throw new UserError(`${file}: expected a checkpoint of this program:\n${z.prettifyError(parsed.error)}`);
  const checkpoint = parsed.data;
  const weights = await readTensorFile(folder, checkpoint.weights);
  const state = await readTensorFile(folder, checkpoint.state);
  return { folder, checkpoint, weights, state };
}

/** Epochs that have a checkpoint folder, ascending. */
export async function listCheckpoints(runFolder: string): Promise<number[]> {
  const names = await readdir(path.join(runFolder, "checkpoints")).catch(() => []);
  return names
    .flatMap((name) => folderPattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Removes checkpoints of other epochs, and what killed runs left half-written. */
export async function pruneCheckpoints(runFolder: string, kept: readonly number[]): Promise<void> {
  const store = path.join(runFolder, "checkpoints");
  const keptNames = kept.map(nameCheckpoint);
  const names = await readdir(store);
  const removed = names.filter((name) => !keptNames.includes(name));
  await Promise.all(removed.map((name) => rm(path.join(store, name), { recursive: true, force: true })));
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value)}\n`, { flush: true });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${file}: expected JSON, got ${text.length} characters that are none: the file was cut`,
      {
        cause: error,
      },
    );
  }
}
