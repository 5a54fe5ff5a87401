import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { defaultModelPath } from "../default-model.ts";
import { prepareDemo } from "../demo/demo-folder.ts";
import { defineStage } from "../command-line/stage.ts";
import { serveFolders } from "../page/serve-folders.ts";
import { pageConfigFile } from "../page/serve-page.ts";
import { writeSite } from "../page/write-site.ts";
import { isSource } from "../program-folders.ts";

const demoModelOption = {
  model: {
    type: "string",
    describe: "exported model [that of runs/latest, else pretrained/esc10.onnx]",
  },
} as const;

export const demoStage = defineStage({
  name: "demo",
  options: {
    ...demoModelOption,
    port: { type: "number", default: 5173, describe: "port to serve on; the next free one, if it is taken" },
    host: {
      type: "string",
      default: "localhost",
      describe: "address to serve on; 0.0.0.0 for all of this machine's",
    },
    open: { type: "boolean", default: true, describe: "open it in the browser" },
  },
  examples: [["demo --model runs/latest/model.onnx", "the page with a model of yours"]],
  run: async ({ model, port, host, open }) => {
    const folder = await prepareDemo(model ?? (await defaultModelPath()));
    if (isSource) {
      const { createServer } = await import("vite");
      const server = { port, host, open };
      const vite = await createServer({ configFile: pageConfigFile, publicDir: folder, server });
      await vite.listen();
      vite.printUrls();
      return;
    }
    const site = `${folder}-site`;
    await writeSite(folder, site);
    const server = await serveFolders([site], { host, port });
    console.log(`The demo: ${server.address}  (Ctrl-C ends it)`);
    if (open) openInBrowser(server.address);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await server.close();
  },
});

export const demoBuildStage = defineStage({
  name: "demo:build",
  options: {
    ...demoModelOption,
    out: {
      type: "string",
      default: isSource ? path.join("web-demo", "dist") : "demo",
      describe: "folder to write",
    },
    url: {
      type: "string",
      describe: "address that the folder will have, for the picture that a link to it shows in a chat",
    },
  },
  examples: [
    ["demo:build --out public", "then serve the folder public"],
    ["demo:build --out public --url https://example.org/sounds/", "links to it show a picture"],
  ],
  run: async ({ model, out, url }) => {
    const address = url === undefined ? undefined : parseAddress(url);
    await writeSite(await prepareDemo(model ?? (await defaultModelPath())), out, address);
    console.log(`${out}: serve this folder; with COOP and COEP headers, WASM computes on several threads`);
  },
});

/** Of a folder: what is in it is relative to it. */
function parseAddress(url: string): URL {
  const folder = url.endsWith("/") ? url : `${url}/`;
  if (!URL.canParse(folder) || !/^https?:/.test(folder))
    throw new UserError(`--url: expected an address that begins with https://, got ${url.slice(0, 200)}`);
  return new URL(folder);
}

/** By the platform's own command; where there is none, the address was printed. */
function openInBrowser(address: string): void {
  const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  };
  const [program, ...args] = commands[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
