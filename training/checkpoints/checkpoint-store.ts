import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { type Checkpoint, checkpointSchema, hashCheckpoint, hashText } from "./checkpoint-format.ts";
import { type NamedValues, readTensorFile, writeTensorFile } from "./tensor-file.ts";
import { describeError } from "../../common/describe-error.ts";

/** A checkpoint with its values. */
export interface LoadedCheckpoint {
  readonly folder: string;
  readonly checkpoint: Checkpoint;
  readonly weights: readonly NamedValues[];
  readonly state: readonly NamedValues[];
}

interface NewCheckpoint {
  readonly description: Pick<
    Checkpoint,
    "job" | "engine" | "dataHash" | "labels" | "standardisation" | "history"
  >;
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
    const model = formatJson({
      format: "layers-model",
      modelTopology: content.topology,
      weightsManifest: [{ paths: [weights.file], weights: specs }],
    });
    await writeFile(path.join(temporary, "model.json"), model, { flush: true });
    const modelSha256 = hashText(model);
    const checkpoint = { format: 2, ...content.description, weights, state, modelSha256 };
    const described = formatJson({ ...checkpoint, sha256: hashCheckpoint(checkpoint) });
    await writeFile(path.join(temporary, "checkpoint.json"), described, { flush: true });
    await rm(folder, { recursive: true, force: true }); // only ever an epoch that is being computed again
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined); // the first error says more
    const got = describeError(error);
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
  const value = parseJson(file, text);
  const parsed = checkpointSchema.safeParse(value);
  if (!parsed.success)
    throw new UserError(`${file}: expected a checkpoint of this program:\n${z.prettifyError(parsed.error)}`);
  const checkpoint = parsed.data;
  if (checkpoint.format === 2) {
    checkHash(file, checkpoint.sha256, hashCheckpoint(asWritten(value)));
    const model = path.join(folder, "model.json");
    checkHash(model, checkpoint.modelSha256, hashText(await readFile(model, "utf8").catch(() => "")));
  }
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

/** The file's own text decides, not what the schema makes of it: defaults filled in would give another hash. */
const asWritten = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

/** @throws UserError when they differ */
function checkHash(file: string, expected: string, got: string): void {
  if (got !== expected)
    throw new UserError(`${file}: expected SHA-256 ${expected}, got ${got}: the file was changed or removed`);
}

const formatJson = (value: unknown): string => `${JSON.stringify(value)}\n`;

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
