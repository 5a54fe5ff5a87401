import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin, Rolldown } from "vite";

const fileName = "service-worker.js";
/** Fetched, and kept, only when it is asked for. */
const onDemand = /asyncify|^parity|^_headers$|\.map$/;

/** Builds the service worker and writes the list of all files of the folder into it. */
export function offline(): Plugin {
  let publicFolder = "";
  return {
    name: "earshot:offline",
    apply: "build",
    configResolved({ publicDir }) {
      publicFolder = publicDir;
    },
    buildStart() {
      const id = path.join(import.meta.dirname, "../service-worker.ts");
      this.emitFile({ type: "chunk", id, fileName });
    },
    generateBundle: {
      order: "post", // after every other plugin's files
      handler(_, bundle) {
        const worker = bundle[fileName];
        if (worker?.type !== "chunk" || worker.imports.length > 0)
          throw new Error(`${fileName}: expected the service worker as one script without imports`);
        const list = listFiles(bundle, publicFolder);
        worker.code = worker.code.replaceAll("__EARSHOT_FILES__", JSON.stringify(list));
      },
    },
  };
}

function listFiles(bundle: Rolldown.OutputBundle, publicFolder: string) {
  const built = Object.values(bundle)
    .filter((output) => output.fileName !== fileName)
    .map((output) => [output.fileName, output.type === "chunk" ? output.code : output.source] as const);
  const shipped = (
    publicFolder === "" ? [] : readdirSync(publicFolder, { recursive: true, withFileTypes: true })
  )
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [toAddress(path.relative(publicFolder, file)), readFileSync(file)] as const);
  const contents = [...built, ...shipped].filter(([name]) => !onDemand.test(path.basename(name)));
  const hash = createHash("sha256");
  for (const [name, content] of contents) hash.update(name).update(content);
  const files = contents.map(([name]) => (name === "index.html" ? "./" : name)).sort();
  return { version: hash.digest("hex").slice(0, 16), files };
}

function toAddress(file: string): string {
  return file.split(path.sep).join("/");
}
