import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { downloadFile } from "../../common/download/download-file.ts";
import { makeTemporaryFolder } from "../setup/temporary-project.ts";

const content = Buffer.from("the library's bytes, whole");
const sha256 = createHash("sha256").update(content).digest("hex");

const servers: Server[] = [];

/** Serves on a free port of this machine until the test ends. */
async function serve(listener: RequestListener): Promise<{ origin: string; server: Server }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  return { origin: `http://127.0.0.1:${address.port}`, server };
}

afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe("downloadFile", () => {
  it("follows redirects, reports its progress and writes the whole file", async () => {
    await using folder = await makeTemporaryFolder();
    const { origin } = await serve((request, response) => {
      if (request.url === "/old") response.writeHead(302, { Location: "/new" }).end();
      else response.writeHead(200, { "Content-Length": content.length }).end(content);
    });
    const onProgress = vi.fn();
    const file = path.join(folder.path, "library");
    expect(await downloadFile(`${origin}/old`, file, { sha256, onProgress })).toBe(sha256);
    expect(await readFile(file)).toEqual(content);
    expect(onProgress).toHaveBeenLastCalledWith(content.length, content.length);
    expect(await readdir(folder.path)).toEqual(["library"]);
  });

  it.each<{ problem: string; listener: RequestListener; message: RegExp; left?: string[] }>([
    {
      problem: "another hash",
      listener: (_, response) => response.end("something else"),
      message: new RegExp(`expected SHA-256 ${sha256}, got [0-9a-f]{64}`),
    },
    {
      problem: "an answer that breaks off",
      listener: (_, response) => {
        response.writeHead(200, { "Content-Length": content.length + 1 });
        response.write(content, () => response.destroy());
      },
      message:
        /a break after \d+ bytes \((?:aborted|terminated|.*ECONNRESET.*)\); the same command continues there/,
      left: ["library.part"],
    },
    {
      problem: "silence in the middle",
      listener: (_, response) => {
        response.writeHead(200, { "Content-Length": content.length + 1 });
        response.write(content);
      },
      message: /no bytes for 0\.2 s/,
      left: ["library.part"],
    },
    {
      problem: "no answer at all",
      listener: () => undefined,
      message: /cannot be reached \(no answer for 0\.3 s\)/,
    },
    {
      problem: "a missing file",
      listener: (_, response) => response.writeHead(404).end(),
      message: /expected status 200, got 404/,
    },
    {
      problem: "redirects without end",
      listener: (_, response) => response.writeHead(302, { Location: "/" }).end(),
      message: /expected status 200, got 302/,
    },
  ])(
    "leaves at most what the next call continues, after $problem",
    async ({ listener, message, left = [] }) => {
      await using folder = await makeTemporaryFolder();
      const { origin } = await serve(listener);
      const options = { sha256, connectTimeoutMs: 300, stallTimeoutMs: 200 };
      await expect(downloadFile(origin, path.join(folder.path, "library"), options)).rejects.toThrow(message);
      expect(await readdir(folder.path)).toEqual(left);
    },
  );

  it("continues a part, and hashes the whole", async () => {
    await using folder = await makeTemporaryFolder();
    const ranges: unknown[] = [];
    const { origin } = await serve(({ headers }, response) => {
      ranges.push(headers.range);
      response.writeHead(206, { "Content-Length": content.length - 5 }).end(content.subarray(5));
    });
    const file = path.join(folder.path, "library");
    await writeFile(`${file}.part`, content.subarray(0, 5));
    expect(await downloadFile(origin, file, { sha256 })).toBe(sha256);
    expect(await readFile(file)).toEqual(content);
    expect(ranges).toEqual(["bytes=5-"]);
  });

  it.each([200, 416])("begins anew where the server answers a range with status %d", async (status) => {
    await using folder = await makeTemporaryFolder();
    const { origin } = await serve(({ headers }, response) => {
      response.writeHead(headers.range === undefined ? 200 : status).end(content);
    });
    const file = path.join(folder.path, "library");
    await writeFile(`${file}.part`, "another beginning");
    await downloadFile(origin, file, { sha256 });
    expect(await readFile(file)).toEqual(content);
  });

  it("says what else may be done", async () => {
    await using folder = await makeTemporaryFolder();
    const { origin } = await serve((_, response) => response.writeHead(404).end());
    const options = { remedy: "Try later." };
    await expect(downloadFile(origin, path.join(folder.path, "x"), options)).rejects.toThrow(
      "expected status 200, got 404\nTry later.",
    );
  });

  it("names the host that cannot be reached", async () => {
    await using folder = await makeTemporaryFolder();
    const { origin, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    await expect(downloadFile(origin, path.join(folder.path, "library"))).rejects.toThrow(
      `${new URL(origin).host} cannot be reached (ECONNREFUSED)`,
    );
  });

  it("asks the proxy for a tunnel, except for the hosts of NO_PROXY", async () => {
    await using folder = await makeTemporaryFolder();
    const { origin, server } = await serve(() => undefined);
    const asked: unknown[] = [];
    server.on("connect", (request, socket) => {
      asked.push([request.url, request.headers["proxy-authorization"]]);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    vi.stubEnv("HTTPS_PROXY", origin.replace("http://", "http://me:p%40ss@"));
    const file = path.join(folder.path, "library");
    await expect(downloadFile("https://library.invalid/file", file)).rejects.toThrow(
      `library.invalid cannot be reached (the proxy ${new URL(origin).host} answered 403)`,
    );
    expect(asked).toEqual([["library.invalid:443", `Basic ${Buffer.from("me:p@ss").toString("base64")}`]]);

    vi.stubEnv("NO_PROXY", "localhost, .invalid");
    await expect(downloadFile("https://library.invalid/file", file)).rejects.toThrow("cannot be reached");
    expect(asked).toHaveLength(1);
  });
});
