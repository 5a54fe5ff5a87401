import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, link, mkdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../common/user-error.ts";
import { nameTemporary, replaceAtomically, writeFileAtomically } from "../../common/write-atomically.ts";
import type { Store } from "./store.ts";
import { describeError } from "../../common/describe-error.ts";

/**
 * A folder that all machines see, such as a network share. Objects are written under a temporary name beside their
 * place and renamed.
 * @throws UserError when there is no such folder and none can be made
 */
export async function openFolderStore(folder: string): Promise<Store> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`--store ${folder}: expected a folder, got ${describeError(error)}`, {
      cause: error,
    });
  });
  const locate = (key: string): string => path.join(folder, ...key.split("/"));
  return {
    address: folder,
    async has(key, bytes) {
      const found = await stat(locate(key)).catch(ignoreMissing);
      return found !== undefined && (bytes === undefined || found.size === bytes);
    },
    read: async (key) => await readFile(locate(key)).catch(ignoreMissing),
    write: async (key, content) => {
      await writeFileAtomically(locate(key), content);
    },
    async writeIfAbsent(key, content) {
      const file = locate(key);
      const temporary = nameTemporary(file);
      await writeFileAtomically(temporary, content);
      try {
        await link(temporary, file); // unlike a rename it fails where there is one
        return true;
      } catch (error) {
        if (readCode(error) === "EEXIST") return false;
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async download(key, file, onBlock) {
      const source = locate(key);
      if ((await stat(source).catch(ignoreMissing)) === undefined) return false;
      await pipeline(createReadStream(source), showBlocks(onBlock), createWriteStream(file));
      return true;
    },
    async upload(file, key) {
      await replaceAtomically(locate(key), (temporary) => copyFile(file, temporary));
    },
    remove: async (key) => {
      await rm(locate(key), { force: true });
    },
    close: () => undefined,
  };
}

/** Passes blocks on as they are. */
export function showBlocks(onBlock: (block: Uint8Array) => void): Transform {
  return new Transform({
    transform(block: Uint8Array, _encoding, done) {
      onBlock(block);
      done(null, block);
    },
  });
}

const readCode = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

function ignoreMissing(error: unknown): undefined {
  if (readCode(error) === "ENOENT") return undefined;
  throw error;
}
