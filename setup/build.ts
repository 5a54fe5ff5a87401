import { cp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import path from "node:path";
import { build as bundle } from "vite";
import * as z from "zod";
import { projectFolder, runTool } from "./run-tool.ts";

// `npm run build`: the package's modules in dist/; in dist/browser/ the same as files for pages without a bundler; in
// dist/page/ the demo without a model; in dist/tool/ the command line with what only it needs, so that apps which
// classify install none of that.

const inProject = (...names: readonly string[]) => path.join(projectFolder, ...names);
const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()) });
const { dependencies } = packageSchema.parse(JSON.parse(readFileSync(inProject("package.json"), "utf8")));

/** Everything that is started as a program or a thread of its own, by the name that it is started by. */
const toolEntries = {
  cli: "pipeline/stages/cli.ts",
  "decode-worker": "runtime/audio/decode-worker.ts",
  "extraction-worker": "datasets/extraction/extraction-worker.ts",
  "job-process": "pipeline/jobs/job-process.ts",
  worker: "server/engine/worker.ts",
};

/** Files that are read at run time, beside the module that reads them. */
const toolFiles = ["report/page/page.css", "report/page/page.js", "report/reference/experiment.json"];

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

await rm(inProject("dist"), { recursive: true, force: true });
const { code, output } = await runTool("tsc", ["-p", "tsconfig.build.json"], "typescript");
if (code === 0) {
  await bundleForPages();
  await bundleTool();
  await buildPage();
  console.log(
    "dist/: modules with types and source maps; browser/: for pages; page/: the demo; tool/: the command",
  );
} else {
  console.error(output);
  process.exitCode = code;
}

/** ONNX Runtime stays outside: the page serves it, and an import map says where. */
async function bundleForPages(): Promise<void> {
  await bundle({
    root: projectFolder,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      lib: { entry: "runtime/web.ts", formats: ["es"], fileName: () => "earshot.js" },
      rolldownOptions: { external: [/^onnxruntime-web/] },
      outDir: "dist/browser",
      target: "es2023",
      minify: true,
      sourcemap: true,
    },
  });
}

/** All files lie flat in one folder: modules find each other, and package.json, from wherever a bundler put them. */
async function bundleTool(): Promise<void> {
  await bundle({
    root: projectFolder,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    // Its entry for bundlers imports tslib, which it does not depend on.
    resolve: { alias: { meyda: inProject("node_modules", "meyda", "dist", "node", "main.js") } },
    ssr: { noExternal: true, external: [...Object.keys(dependencies), ...neverBundled] },
    build: {
      ssr: true,
      rolldownOptions: {
        input: toolEntries,
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
        checks: { bundlerTimings: false },
      },
      outDir: "dist/tool",
      target: "es2023",
      license: { fileName: "licenses.md" },
    },
  });
  for (const file of toolFiles) await cp(inProject(file), inProject("dist", "tool", path.basename(file)));
}

async function buildPage(): Promise<void> {
  const configFile = inProject("web-demo", "vite.config.ts");
  await bundle({
    configFile,
    mode: "package",
    logLevel: "warn",
    build: { outDir: inProject("dist", "page") },
  });
}
