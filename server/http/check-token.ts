import { createHash, timingSafeEqual } from "node:crypto";
import { RequestError } from "../request-error.ts";

/**
 * Compares in a time that says nothing of the tokens: hashes of equal length, and all of them.
 * @throws RequestError unauthorised, unless there are no tokens at all
 */
export function checkToken(given: string | undefined, tokens: readonly string[]): void {
  if (tokens.length === 0) return;
  const hash = hashToken(given ?? "");
  let isKnown = false;
  for (const token of tokens) isKnown = timingSafeEqual(hash, hashToken(token)) || isKnown;
  if (!isKnown)
    throw new RequestError("unauthorised", "Authorization: expected Bearer and a token of this server");
}

/** The token of an `Authorization` header. */
export function readBearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
}

function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
