import path from "node:path";
import type { Plugin } from "vite";
import { fileListName, listPageFiles, type PageFile, readPageFiles, serviceWorkerFile } from "./file-list.ts";

/** The mode of a build to which a model is added later, and with it the list of files. */
const packageMode = "package";

/** Builds the service worker and writes the list of all files of the folder into it. */
export function offline(): Plugin {
  let publicFolder = "";
  let isListed = true;
  return {
    name: "earshot:offline",
    apply: "build",
    configResolved({ publicDir, mode }) {
      publicFolder = publicDir;
      isListed = mode !== packageMode;
    },
    buildStart() {
      const id = path.join(import.meta.dirname, "../service-worker.ts");
      this.emitFile({ type: "chunk", id, fileName: serviceWorkerFile });
    },
    generateBundle: {
      order: "post", // after every other plugin's files
      handler(_, bundle) {
        const worker = bundle[serviceWorkerFile];
        if (worker?.type !== "chunk" || worker.imports.length > 0)
          throw new Error(`${serviceWorkerFile}: expected the service worker as one script without imports`);
        if (!isListed) return;
        const built = Object.values(bundle).map((output): PageFile => [
          output.fileName,
          output.type === "chunk" ? output.code : output.source,
        ]);
        const list = listPageFiles([...built, ...(publicFolder === "" ? [] : readPageFiles(publicFolder))]);
        worker.code = worker.code.replaceAll(fileListName, JSON.stringify(list));
      },
    },
  };
}
