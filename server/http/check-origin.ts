import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "../request-error.ts";

/**
 * Pages of other origins may use the server only where they are allowed: CORS alone would keep them from reading the
 * answers, not from asking, and says nothing of WebSockets.
 * @throws RequestError forbidden-origin
 */
export function checkOrigin(
  { origin, host }: Pick<IncomingHttpHeaders, "origin" | "host">,
  allowed: readonly string[],
): void {
  if (origin === undefined || allowed.includes("*") || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new RequestError(
    "forbidden-origin",
    "Origin: expected this server's own, or one that it allows (--cors)",
  );
}
