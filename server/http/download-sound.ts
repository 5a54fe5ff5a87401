import { RequestError } from "../request-error.ts";
import { collectBody, readBody } from "./read-body.ts";

/**
 * Downloads a sound from one of the allowed hosts. Redirects are refused: they could lead elsewhere.
 * @param allowed `host` for the standard ports, or `host:port`
 * @throws RequestError, or the signal's reason
 */
export async function downloadSound(
  url: string,
  allowed: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { protocol, host, username } = new URL(url);
  const isWeb = protocol === "http:" || protocol === "https:";
  if (!isWeb || username !== "" || !allowed.includes(host))
    throw new RequestError("forbidden-url", "url: expected a host that this server allows (--allow-urls)");
  try {
    const response = await fetch(url, { redirect: "error", signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    // fetch has decompressed it already.
    return await collectBody(readBody({ body: response.body, header: () => undefined }, maxBytes, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RequestError) throw error;
    throw new RequestError("bad-audio", "url: expected a sound to download, got none", { cause: error });
  }
}
