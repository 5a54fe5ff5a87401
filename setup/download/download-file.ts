import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { openUrl } from "./open-url.ts";

export interface DownloadOptions {
  /** What the bytes must hash to; undefined when nobody knows it in advance. */
  readonly sha256?: string | undefined;
  readonly connectTimeoutMs?: number;
  /** How long the server may stay silent in the middle. */
  readonly stallTimeoutMs?: number;
  /** Told the bytes so far, and all of them where the server says how many. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/**
 * Downloads a URL to a file. The file appears only when it is whole and its hash is right.
 *
 * @returns the SHA-256 of the file
 * @throws {Error} when the host cannot be reached, the answer stops early, or the hash is another
 */
export async function downloadFile(
  url: string,
  file: string,
  options: DownloadOptions = {},
): Promise<string> {
  const { connectTimeoutMs = 5_000, stallTimeoutMs = 30_000 } = options;
  const response = await openUrl(url, { connectTimeoutMs });
  const length = response.headers["content-length"];
  const total = length === undefined ? undefined : Number(length);
  const partial = `${file}.partial`;
  const hash = createHash("sha256");
  let received = 0;
  try {
    const target = await open(partial, "w");
    try {
      response.setTimeout(stallTimeoutMs, () => {
        response.destroy(new Error(`${url}: no bytes for ${stallTimeoutMs / 1000} s`));
      });
      for await (const chunk of response) {
        if (!(chunk instanceof Uint8Array)) throw new Error(`${url}: expected bytes`);
        hash.update(chunk);
        await target.writeFile(chunk);
        received += chunk.byteLength;
        options.onProgress?.(received, total);
      }
      await target.sync();
    } finally {
      await target.close();
    }
    if (total !== undefined && received !== total) {
      throw new Error(`${url}: expected ${total} bytes, got ${received}`);
    }
    const sha256 = hash.digest("hex");
    if (options.sha256 !== undefined && sha256 !== options.sha256) {
      throw new Error(`${url}: expected SHA-256 ${options.sha256}, got ${sha256}`);
    }
    await rename(partial, file);
    return sha256;
  } finally {
    await rm(partial, { force: true });
  }
}
