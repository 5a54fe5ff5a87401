import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../user-error.ts";
import { openUrl } from "./open-url.ts";
import { describeError } from "../describe-error.ts";

export interface DownloadOptions {
  /** What the bytes must hash to; undefined when nobody knows it in advance. */
  readonly sha256?: string | undefined;
  /** What to do when the download fails, for the message. */
  readonly remedy?: string;
  readonly connectTimeoutMs?: number;
  /** How long the server may stay silent in the middle. */
  readonly stallTimeoutMs?: number;
  /** @param totalBytes undefined where the server does not say how many */
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
}

/**
 * Downloads a URL to a file, through the proxy that HTTPS_PROXY names. Until the file is whole and its hash is right it
 * is called `<file>.part`; the next call continues a part where the server can (HTTP Range, RFC 9110), else begins anew.
 *
 *     await downloadFile("https://example.org/set.zip", ".cache/set.zip", { sha256: "…" });
 *
 * @returns the SHA-256 of the file
 * @throws {UserError} when the host cannot be reached, the answer stops early, or the hash is another
 */
export async function downloadFile(
  url: string,
  file: string,
  options: DownloadOptions = {},
): Promise<string> {
  const part = `${file}.part`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    const hash = createHash("sha256");
    await receive(url, part, hash, options);
    const sha256 = hash.digest("hex");
    if (options.sha256 !== undefined && sha256 !== options.sha256) {
      await rm(part, { force: true }); // no beginning of the right file
      throw new Error(`${url}: expected SHA-256 ${options.sha256}, got ${sha256}`);
    }
    await rename(part, file);
    return sha256;
  } catch (error) {
    const reason = describeError(error);
    throw new UserError(options.remedy === undefined ? reason : `${reason}\n${options.remedy}`);
  }
}

/** Fills the part, from where it ends. */
async function receive(url: string, part: string, hash: Hash, options: DownloadOptions): Promise<void> {
  const { connectTimeoutMs = 5_000, stallTimeoutMs = 30_000, onProgress } = options;
  const presentBytes = await measureFile(part);
  const response = await openUrl(url, { connectTimeoutMs, startBytes: presentBytes });
  if (response.statusCode === 416) {
    response.destroy();
    await rm(part); // the part is no beginning of what lies there now
    await receive(url, part, hash, options);
    return;
  }
  const startBytes = response.statusCode === 206 ? presentBytes : 0;
  if (startBytes > 0) await pipeline(createReadStream(part), hash, { end: false });
  const length = response.headers["content-length"];
  const totalBytes = length === undefined ? undefined : startBytes + Number(length);
  const target = await open(part, startBytes > 0 ? "a" : "w");
  let doneBytes = startBytes;
  try {
    response.setTimeout(stallTimeoutMs, () => {
      response.destroy(new Error(`no bytes for ${stallTimeoutMs / 1000} s`));
    });
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) throw new Error("expected bytes");
      hash.update(chunk);
      await target.writeFile(chunk);
      doneBytes += chunk.byteLength;
      onProgress?.(doneBytes, totalBytes);
    }
    await target.sync();
  } catch (error) {
    const reason = describeError(error);
    throw new Error(
      `${url}: expected a download, got a break after ${doneBytes} bytes (${reason}); the same command continues there`,
      { cause: error },
    );
  } finally {
    await target.close();
  }
  if (totalBytes !== undefined && doneBytes !== totalBytes) {
    throw new Error(`${url}: expected ${totalBytes} bytes, got ${doneBytes}`);
  }
}

async function measureFile(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? 0 : found.size;
}
