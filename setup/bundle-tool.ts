import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { build as bundle } from "vite";
import * as z from "zod";
import { projectFolder } from "./run-tool.ts";

/** Everything that is started as a program or a thread of its own, by the name that it is started by. */
const toolEntries = {
  cli: "pipeline/cli.ts",
  "decode-worker": "runtime/audio/decode-worker.ts",
  "extraction-worker": "datasets/extraction/extraction-worker.ts",
  "job-process": "pipeline/jobs/job-process.ts",
  worker: "server/engine/worker.ts",
};

/** Files that are read at run time, beside the module that reads them. */
const toolFiles = [
  "common/design.css",
  "report/page/page.css",
  "report/page/page.js",
  "report/reference/experiment.json",
];

/** Used where they are installed, and never bundled: native, or of a licence of their own. */
const neverBundled = [
  "@audio/decode-aac",
  "@aws-sdk/client-s3",
  "@aws-sdk/lib-storage",
  "@tensorflow/tfjs-node",
  "bullmq",
  "ioredis",
  "onnxruntime-node",
  "onnxruntime-web",
  "playwright-core",
  "vite",
];

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

/**
 * Writes the command line, compiled, into `folder`, which lies two levels below the project's. All files lie flat in it:
 * modules find each other, and package.json, from wherever a bundler put them.
 * @param external further packages that stay outside, where the program that starts the command has them
 */
export async function bundleTool(folder: string, external: readonly string[] = []): Promise<void> {
  const manifest = await readFile(path.join(projectFolder, "package.json"), "utf8");
  const { dependencies } = packageSchema.parse(JSON.parse(manifest));
  await bundle({
    root: projectFolder,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    // Its entry for bundlers imports tslib, which it does not depend on.
    resolve: {
      alias: { meyda: path.join(projectFolder, "node_modules", "meyda", "dist", "node", "main.js") },
    },
    ssr: { noExternal: true, external: [...Object.keys(dependencies), ...neverBundled, ...external] },
    build: {
      ssr: true,
      rolldownOptions: {
        input: toolEntries,
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
        checks: { bundlerTimings: false },
      },
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      license: { fileName: "licenses.md" },
    },
  });
  for (const file of toolFiles)
    await cp(path.join(projectFolder, file), path.join(folder, path.basename(file)));
}
