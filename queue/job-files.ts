import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { artefactSchema, fetchFile, fetchTree, storeFile, storeTree } from "./store/artefacts.ts";
import type { Artefact, Tree, TreeFile } from "./store/artefacts.ts";
import type { Store } from "./store/store.ts";

/** What a job's folder holds before it runs, or only while it runs. */
const ownFiles = /^(config\.json|chunk\.json|lock)(\/|$)|(^|\/)\.|\.tmp$/;

/** Files of a folder, relative to it, with `/` between names. */
export async function listJobFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .filter((file) => !ownFiles.test(file));
}

/** Stores what a job has written. */
export async function storeJobFiles(store: Store, folder: string): Promise<Artefact> {
  const files: TreeFile[] = [];
  for (const file of await listJobFiles(folder))
    files.push({ path: file, ...(await storeFile(store, path.join(folder, file))) });
  return await storeTree(store, files);
}

/** The file of a job that appears last: where it is, all others are. */
const lastFile = "result.json";

/**
 * Fetches what a job has written into its folder. Files arrive beside it first and are then renamed into it, the
 * checkpoints' folders whole, so that a killed process leaves old files or new ones.
 */
export async function fetchJobFiles(store: Store, tree: Artefact, folder: string): Promise<void> {
  const { files } = await fetchTree(store, tree);
  const arriving = path.join(folder, ".arriving");
  await rm(arriving, { recursive: true, force: true });
  await fetchFiles(store, files, arriving);
  if (files.length === 0) return;
  const names = await readdir(arriving);
  names.sort((a, b) => Number(a === lastFile) - Number(b === lastFile));
  for (const name of names) {
    const target = path.join(folder, name);
    await rm(target, { recursive: true, force: true });
    await rename(path.join(arriving, name), target);
  }
  await rm(arriving, { recursive: true });
}

async function fetchFiles(store: Store, files: Tree["files"], folder: string): Promise<void> {
  for (const { path: file, ...artefact } of files)
    await fetchFile(store, artefact, path.join(folder, ...file.split("/")));
}

/** `progress/<id>.json` and `results/<id>.json`: the newest files of a job that is not done, or those of one that is. */
const pointerSchema = z.strictObject({ format: z.literal(1), tree: artefactSchema });

export async function readPointer(
  store: Store,
  folder: "progress" | "results",
  id: string,
): Promise<Artefact | undefined> {
  const content = await store.read(`${folder}/${id}.json`);
  return content === undefined ? undefined : pointerSchema.parse(JSON.parse(content.toString())).tree;
}

export async function writePointer(
  store: Store,
  folder: "progress" | "results",
  id: string,
  tree: Artefact,
): Promise<void> {
  await store.write(`${folder}/${id}.json`, JSON.stringify({ format: 1, tree }));
}
