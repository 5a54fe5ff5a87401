import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { createHash } from "node:crypto";
import * as z from "zod";
import { UserError } from "../common/user-error.ts";
import { forEachConcurrently } from "../datasets/for-each-concurrently.ts";
import { readJson, writeJson } from "../run-files/json-file.ts";
import type { PredictRequest } from "./job-request.ts";
import type { PredictJob } from "./job-runner.ts";
import { artefactSchema, describeFile, fetchFile, storeFile, type Artefact } from "./store/artefacts.ts";
import type { OpenStore } from "./store/open-store.ts";
import type { Store } from "./store/store.ts";
import type { Versions } from "./versions.ts";

/** `chunk.json` in a job's folder: some sound files, and the model that classifies them. */
const chunkSchema = z.strictObject({
  /** File of the exported model. */
  model: z.string(),
  allowUnverified: z.boolean(),
  /** As the user named them, and where they lie on this machine. */
  files: z.array(z.strictObject({ name: z.string(), path: z.string() })),
});

type Chunk = z.infer<typeof chunkSchema>;

/** What lies in the store for a chunk. A file that cannot be read has no bytes: classifying it says why. */
const storedChunkSchema = z.array(z.strictObject({ name: z.string(), file: artefactSchema.nullable() }));

/** Files that are stored or fetched at a time. */
const concurrency = 16;

interface RequestContext {
  readonly open: OpenStore;
  readonly versions: Versions;
  readonly list: string;
}

/** Writes requests for chunks: model and sounds into the store, their hashes into the request. */
export function createPredictRequests({ open, versions, list }: RequestContext) {
  const { store, id: storeId } = open;
  const models = new Map<string, Promise<Artefact>>();
  return async ({ folder }: PredictJob): Promise<PredictRequest> => {
    const { model, allowUnverified, files } = await readChunk(folder);
    const storedModel = models.get(model) ?? storeFile(store, model);
    models.set(model, storedModel);
    const stored: z.infer<typeof storedChunkSchema> = files.map(({ name }) => ({ name, file: null }));
    await forEachConcurrently(files.entries(), concurrency, async ([index, { name, path: place }]) => {
      if ((await stat(place).catch(() => undefined))?.isFile() !== true) return;
      stored[index] = { name, file: await storeFile(store, place, await describeFile(place)) };
    });
    const chunk = await storeJson(store, stored);
    const common = { format: 1, list, name: path.basename(folder), storeId, versions } as const;
    return { kind: "predict", ...common, model: await storedModel, allowUnverified, chunk };
  };
}

/** Lays out a chunk in an empty folder. @returns the job to run there */
export async function layOutChunk(
  { model, allowUnverified, chunk }: PredictRequest,
  folder: string,
  { store, cacheFolder }: { readonly store: Store; readonly cacheFolder: string },
): Promise<PredictJob> {
  const root = path.resolve(cacheFolder);
  const fetch = async (artefact: Artefact): Promise<string> => {
    const kept = path.join(root, "files", artefact.sha256.slice(0, 2), artefact.sha256);
    if ((await stat(kept).catch(() => undefined))?.size !== artefact.bytes)
      await fetchFile(store, artefact, kept);
    return kept;
  };
  const listFile = path.join(folder, ".chunk-in-store.json");
  await fetchFile(store, chunk, listFile);
  const stored = storedChunkSchema.parse(JSON.parse(await readFile(listFile, "utf8")));
  const files = stored.map(({ name }) => ({ name, path: path.join(folder, ".missing") }));
  await forEachConcurrently(stored.entries(), concurrency, async ([index, { name, file }]) => {
    if (file !== null) files[index] = { name, path: await fetch(file) };
  });
  await writeChunk(folder, { model: await fetch(model), allowUnverified, files });
  return { kind: "predict", folder };
}

export async function readChunk(folder: string): Promise<Chunk> {
  const chunk = await readJson(path.join(folder, chunkFile), chunkSchema);
  if (chunk === undefined) throw new UserError(`${folder}: expected ${chunkFile}, got none`);
  return chunk;
}

export async function writeChunk(folder: string, chunk: Chunk): Promise<void> {
  await writeJson(path.join(folder, chunkFile), chunk);
}

const chunkFile = "chunk.json";

async function storeJson(store: Store, value: unknown): Promise<Artefact> {
  const content = JSON.stringify(value);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const artefact = { sha256, bytes: Buffer.byteLength(content) };
  const key = `blobs/${sha256.slice(0, 2)}/${sha256}`;
  if (!(await store.has(key, artefact.bytes))) await store.write(key, content);
  return artefact;
}
