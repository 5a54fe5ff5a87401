import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { preview } from "vite";
import { prepareDemo } from "../../pipeline/demo/demo-folder.ts";
import { writeSite } from "../../pipeline/page/write-site.ts";
import { projectFolder } from "../../setup/run-tool.ts";

/** The built demo with the model that ships with the repository, served from this machine. */
export interface ServedDemo {
  readonly origin: string;
  /** For what the benchmark writes; it goes with `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function serveDemo(): Promise<ServedDemo> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-demo-"));
  const configFile = path.join(projectFolder, "web-demo", "vite.config.ts");
  const outDir = path.join(folder, "site");
  await writeSite(await prepareDemo(path.join(projectFolder, "pretrained", "esc10.onnx")), outDir);
  const server = await preview({ configFile, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  const [origin = ""] = server.resolvedUrls?.local ?? [];
  return {
    origin,
    folder,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
