import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { UserError } from "../../common/user-error.ts";
import { describeError } from "../../common/describe-error.ts";

/**
 * Unpacks an archive into a folder, without the one folder that its entries all lie in; every file's CRC-32 is
 * checked, and names that would leave the folder are refused.
 * @param wanted whether an entry, without that folder, is unpacked
 * @throws UserError for what is no zip archive, or a damaged one
 */
export async function unpackZip(
  archive: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  try {
    const zip = await openPromise(archive, { lazyEntries: true });
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.split("/").slice(1).join("/");
      if (name !== "" && !name.endsWith("/") && wanted(name))
        await unpackEntry(zip, entry, path.join(folder, name));
    }
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw error; // the disk, not the archive
    const reason = describeError(error);
    throw new UserError(`${archive}: expected a whole zip archive, got ${reason}`);
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, file: string): Promise<void> {
  let crc = 0;
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      crc = crc32(chunk, crc);
      done(null, chunk);
    },
  });
  await mkdir(path.dirname(file), { recursive: true });
  await pipeline(await zip.openReadStreamPromise(entry), check, createWriteStream(file));
  if (crc !== entry.crc32) throw new Error(`other bytes of ${entry.fileName} than its checksum stands for`);
}
