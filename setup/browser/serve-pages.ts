import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface PageServer {
  /** For example "http://127.0.0.1:40123". */
  readonly origin: string;
  close(): Promise<void>;
}

/** What the server answers for a path: bytes or text with their media type; undefined is 404. */
export type Route = (path: string) => { body: Uint8Array | string; type: string } | undefined;

export interface PageServerOptions {
  /** Isolated from other origins (COOP, COEP), as WASM threads ask for. Default true. */
  readonly isolated?: boolean;
}

/** Serves pages on a free port of this machine. */
export async function servePages(
  route: Route,
  { isolated = true }: PageServerOptions = {},
): Promise<PageServer> {
  const server = createServer((request, response) => {
    const answer = route(new URL(request.url ?? "/", "http://localhost").pathname);
    response.writeHead(answer === undefined ? 404 : 200, {
      "Content-Type": answer?.type ?? "text/plain",
      ...(isolated && {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
      }),
    });
    response.end(answer?.body ?? "not found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${readPort(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function readPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  return address.port;
}
