import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import type { Store } from "./store.ts";

/** Bytes in the store, named by what they are: equal files are stored once, and a changed one is noticed. */
export const artefactSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
});

export type Artefact = z.infer<typeof artefactSchema>;

/** A path inside a folder, with `/` between names: nothing that leads out of it. */
const innerPathSchema = z
  .string()
  .min(1)
  .refine((file) => !file.includes("\0") && !file.includes("\\") && !/^[a-zA-Z]:/.test(file))
  .refine((file) => file.split("/").every((name) => name !== "" && name !== "." && name !== ".."));

/** The files of a folder; itself an artefact, as JSON. */
export const treeSchema = z.strictObject({
  format: z.literal(1),
  files: z.array(z.strictObject({ path: innerPathSchema, ...artefactSchema.shape })),
});

export type Tree = z.infer<typeof treeSchema>;
export type TreeFile = Tree["files"][number];

const nameBlob = (sha256: string): string => `blobs/${sha256.slice(0, 2)}/${sha256}`;

/** Stores a file unless the store has it. */
export async function storeFile(store: Store, file: string, known?: Artefact): Promise<Artefact> {
  const artefact = known ?? (await describeFile(file));
  const key = nameBlob(artefact.sha256);
  if (!(await store.has(key, artefact.bytes))) await store.upload(file, key);
  return artefact;
}

/** Reads a file block by block. */
export async function describeFile(file: string): Promise<Artefact> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return { sha256: hash.digest("hex"), bytes: (await stat(file)).size };
}

/** Stores the list of a folder's files, which are stored already. */
export async function storeTree(store: Store, files: readonly TreeFile[]): Promise<Artefact> {
  const tree: Tree = { format: 1, files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)) };
  const content = JSON.stringify(tree);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const artefact = { sha256, bytes: Buffer.byteLength(content) };
  const key = nameBlob(sha256);
  if (!(await store.has(key, artefact.bytes))) await store.write(key, content);
  return artefact;
}

/**
 * Fetches a file and checks its hash; it appears at its place whole or not at all.
 * @throws UserError when the store has none, or one that was changed, which is removed: it is of no use to anyone
 */
export async function fetchFile(store: Store, { sha256, bytes }: Artefact, file: string): Promise<void> {
  const key = nameBlob(sha256);
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const hash = createHash("sha256");
    const isThere = await store.download(key, temporary, (block) => hash.update(block));
    if (!isThere) throw missing(store, key);
    await checkHash(store, key, sha256, { found: hash.digest("hex"), bytes });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Fetches the list of a folder's files. @throws UserError as `fetchFile` does */
export async function fetchTree(store: Store, { sha256, bytes }: Artefact): Promise<Tree> {
  const key = nameBlob(sha256);
  const content = await store.read(key);
  if (content === undefined) throw missing(store, key);
  await checkHash(store, key, sha256, { found: createHash("sha256").update(content).digest("hex"), bytes });
  return treeSchema.parse(JSON.parse(content.toString()));
}

function missing(store: Store, key: string): UserError {
  return new UserError(
    `${store.address}/${key}: expected an object, got none; give the command that began the list again`,
  );
}

async function checkHash(
  store: Store,
  key: string,
  expected: string,
  { found, bytes }: { found: string; bytes: number },
): Promise<void> {
  if (found === expected) return;
  await store.remove(key);
  throw new UserError(
    `${store.address}/${key}: expected ${bytes} bytes of SHA-256 ${expected.slice(0, 16)}…, got ${found.slice(0, 16)}…: ` +
      "the object was cut or changed, and is removed; give the command that began the list again",
  );
}
