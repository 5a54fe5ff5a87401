import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../../setup/run-tool.ts";
import { linkFolder } from "../../../setup/tensorflow/link-folder.ts";
import { linkPackages, makeTemporaryFolder, type Run, startScript } from "../temporary-project.ts";

const cache = path.join(projectFolder, ".cache", "tfjs-node");
const isSetUp = (await readdir(cache).catch(() => [])).length > 0;

/** A project with every package but TensorFlow's library, where a real set-up can be tried without harm. */
describe.skipIf(process.platform === "win32")("set-up of tfjs-node", () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let packageFolder: string;

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    for (const room of ["common", "setup"])
      await cp(path.join(projectFolder, room), path.join(folder.path, room), { recursive: true });
    await cp(path.join(projectFolder, "package.json"), path.join(folder.path, "package.json"));
    packageFolder = await linkPackages(folder.path);
    // No Python and no compiler on the path, but the tools of every system.
    await mkdir(path.join(folder.path, "bin"));
  });

  afterAll(() => folder[Symbol.asyncDispose]());

  function startSetUp(host: string): Run {
    return startScript(folder.path, "--import tsx setup/tensorflow/setup-tfjs-node.ts", [], {
      PATH: path.join(folder.path, "bin"),
      TFJS_NODE_CDN_STORAGE: host,
      CXX: "",
      PYTHON: "",
      HTTPS_PROXY: "",
    });
  }

  async function withServer(listener: RequestListener, test: (host: string) => Promise<void>): Promise<void> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("expected a TCP address");
    try {
      await test(`http://127.0.0.1:${address.port}/`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await readdir(path.join(folder.path, ".cache", "tfjs-node"))).toEqual([]);
    expect(await readdir(packageFolder)).not.toContain("deps");
  }

  it("refuses a library with another hash, and says in one line what else to install", async () => {
    await withServer(
      (_, response) => response.end("not TensorFlow"),
      async (host) => {
        const { code, complaints } = await startSetUp(host).ended;
        expect(complaints).toMatch(
          /^tfjs-node: not set up: tfjs-node's own download: .*expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/m,
        );
        expect(complaints).toContain("install a C++ compiler");
        expect(code).toBe(1);
      },
    );
    await expectNothingLeft();
  });

  it("leaves nothing half-done when it is interrupted in a download", async () => {
    await withServer(
      (_, response) => {
        response.writeHead(200, { "Content-Length": 100_000_000 });
        const timer = setInterval(() => response.write(Buffer.alloc(100_000)), 20);
        response.on("close", () => {
          clearInterval(timer);
        });
      },
      async (host) => {
        const run = startSetUp(host);
        await run.printed("TensorFlow's C library from");
        await expect
          .poll(() => readdir(path.join(folder.path, ".cache", "tfjs-node", "work")))
          .toContainEqual(expect.stringMatching(/\.part$/));
        run.kill("SIGINT");
        expect(await run.ended).toMatchObject({ signal: "SIGINT" });
      },
    );
    await expectNothingLeft();
  });

  it.skipIf(!isSetUp)("puts the kept library back after npm ci deleted it, without a network", async () => {
    const target = path.join(folder.path, ".cache", "tfjs-node");
    await rm(target, { recursive: true, force: true });
    await linkFolder(cache, target);
    await rm(path.join(target, "work"), { recursive: true, force: true });
    const { code, complaints } = await startSetUp("http://127.0.0.1:9/").ended;
    expect(complaints).toMatch(/^tfjs-node 4\.22\.0: ready, TensorFlow \d/);
    expect(code).toBe(0);
    expect(await readdir(path.join(packageFolder, "deps", "lib"))).toContain("libtensorflow.so");
  });
});
