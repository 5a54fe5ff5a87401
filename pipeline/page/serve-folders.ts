import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".flac": "audio/flac",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".ogg": "audio/ogg",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".wav": "audio/wav",
  ".webmanifest": "application/manifest+json",
};

/** Isolated from other origins, so that WebAssembly may use threads. */
const headers = {
  "Cache-Control": "no-cache",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

export interface FolderServer {
  /** For example `http://localhost:5173/`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** How many ports are tried, upwards from the one that was asked for. */
const portTries = 20;

/**
 * Serves files of several folders under one address; of two files with the same name the first folder's.
 * @param port 0 for any free one; else the next free one where it is taken
 * @throws UserError when none can be opened
 */
export async function serveFolders(
  folders: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<FolderServer> {
  const server = createServer((request, response) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    void (isRead ? readFirst(folders, request.url ?? "/") : Promise.resolve(undefined)).then((found) => {
      const type = mediaTypes[path.extname(found?.file ?? "")] ?? "application/octet-stream";
      response.writeHead(found === undefined ? 404 : 200, { ...headers, "Content-Type": type });
      response.end(request.method === "HEAD" ? undefined : (found?.content ?? "not found"));
    });
  });
  const opened = await listen(server, host, port);
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return {
    address: `http://${shown.includes(":") ? `[${shown}]` : shown}:${opened}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(port + portTries - 1, 65_535);
  for (let candidate = port; candidate <= last; candidate++) {
    const opened = await tryPort(server, host, candidate);
    if (opened !== undefined) return opened;
  }
  throw new UserError(`--port: expected a free port from ${port} to ${last}, got none`);
}

/** @returns the port, or undefined when it is taken */
function tryPort(server: Server, host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(new UserError(`${host}:${port}: expected an address to serve on, got ${error.message}`));
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("expected a TCP address"));
      else resolve(address.port);
    });
  });
}

/** Nothing outside of the folders is read, whatever the address says. */
async function readFirst(
  folders: readonly string[],
  url: string,
): Promise<{ file: string; content: Buffer } | undefined> {
  const address = decodePath(url);
  if (address === undefined) return undefined;
  for (const folder of folders) {
    const file = path.join(folder, address.endsWith("/") ? `${address}index.html` : address);
    if (!file.startsWith(path.resolve(folder) + path.sep)) continue;
    const content = await readFile(file).catch(() => undefined);
    if (content !== undefined) return { file, content };
  }
  return undefined;
}

function decodePath(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
}
