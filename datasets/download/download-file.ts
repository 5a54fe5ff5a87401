import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../common/user-error.ts";

export interface DownloadOptions {
  readonly url: string;
  /** Where the file goes; until it is whole it is called `<file>.part`. */
  readonly file: string;
  /** What to do when the download fails, for the message. */
  readonly remedy: string;
  /** @param totalBytes unknown for servers that do not tell */
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
}

/**
 * Downloads a file. One that broke off is continued where the server can (HTTP Range), else begun anew; `file` exists
 * only when as many bytes came as the server announced.
 * @throws UserError saying what failed and what to do
 */
export async function downloadFile({ url, file, remedy, onProgress }: DownloadOptions): Promise<void> {
  const part = `${file}.part`;
  await mkdir(path.dirname(file), { recursive: true });
  const presentBytes = await measureFile(part);
  const fail = (got: string): UserError =>
    new UserError(`${url}: expected a download, got ${got}\n${remedy}`);
  const response = await fetch(url, {
    headers: presentBytes > 0 ? { range: `bytes=${presentBytes}-` } : {},
  }).catch((error: unknown) => {
    throw fail(describeFailure(error));
  });
  if (response.status === 416) {
    await rm(part, { force: true }); // the part is no beginning of what lies there now
    await downloadFile({ url, file, remedy, ...(onProgress && { onProgress }) });
    return;
  }
  if (!response.ok || response.body === null)
    throw fail(`HTTP ${response.status} ${response.statusText}`.trim());
  const startBytes = response.status === 206 ? presentBytes : 0;
  const totalBytes = readTotal(response, startBytes);
  let doneBytes = startBytes;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      doneBytes += chunk.length;
      onProgress?.(doneBytes, totalBytes);
      done(null, chunk);
    },
  });
  const target = createWriteStream(part, { flags: startBytes > 0 ? "a" : "w" });
  await pipeline(Readable.fromWeb(response.body), counter, target).catch((error: unknown) => {
    throw fail(
      `a break after ${doneBytes} bytes (${describeFailure(error)}); the same command goes on from there`,
    );
  });
  if (totalBytes !== undefined && doneBytes !== totalBytes) throw fail(`${doneBytes} of ${totalBytes} bytes`);
  await rename(part, file);
}

async function measureFile(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.size ?? 0;
}

/** Bytes of the whole file; `undefined` where the server does not tell, or compresses on the way. */
function readTotal(response: Response, startBytes: number): number | undefined {
  const length = response.headers.get("content-length");
  const isPlain = response.headers.get("content-encoding") === null;
  return length === null || !isPlain ? undefined : startBytes + Number(length);
}

/** `fetch` says only "fetch failed"; its cause knows why. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
