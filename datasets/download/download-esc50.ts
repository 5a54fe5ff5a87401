import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { downloadFile } from "../../common/download/download-file.ts";
import { UserError } from "../../common/user-error.ts";
import { readDataset } from "../read-dataset.ts";
import { unpackZip } from "./unpack-zip.ts";

const archiveUrl = "https://github.com/karoldvl/ESC-50/archive/master.zip";

export interface DownloadEsc50Options {
  /** Where `ESC-50/` goes. */
  readonly folder: string;
  readonly url?: string;
  /** @param totalBytes about 600 MB; unknown where the server does not tell */
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
}

/**
 * Fetches the ESC-50 data set (2,000 clips, Piczak 2015) unless it is there: a download that continues where it broke
 * off, every file's checksum, and a data set that reads without a problem before its folder gets its name.
 * @returns the folder
 * @throws UserError that says what to do without a network
 */
export async function downloadEsc50({
  folder,
  url = archiveUrl,
  onProgress,
}: DownloadEsc50Options): Promise<string> {
  const root = path.join(folder, "ESC-50");
  if (await exists(root)) return root;
  const archive = path.join(folder, "ESC-50.zip");
  const remedy = `Without a network: fetch the archive elsewhere, put it at ${archive}, and run this again.`;
  if (!(await exists(archive))) await downloadFile(url, archive, { remedy, onProgress });
  const temporary = await mkdtemp(`${root}.tmp-`);
  try {
    await unpackZip(archive, temporary, (name) => /^(?:audio|meta)\/|^(?:LICENSE|README\.md)$/.test(name));
    await readDataset(temporary, { layout: "esc50-repository", subset: "all" });
    await rename(temporary, root);
  } catch (error) {
    if (error instanceof UserError) await rm(archive, { force: true }); // damaged: the next run needs another one
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await rm(archive, { force: true });
  return root;
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
