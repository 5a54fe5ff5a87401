import { rm } from "node:fs/promises";
import path from "node:path";
import { build as bundle } from "vite";
import { bundleTool } from "./bundle-tool.ts";
import { projectFolder, runTool } from "./run-tool.ts";

// `npm run build`: in packages/tfjs-backend-onnxruntime/dist/ that package's modules; this package's in dist/; in
// dist/browser/ the same as files for pages without a bundler; in dist/page/ the demo without a model; in dist/tool/ the
// command line with what only it needs, so that apps which classify install none of that.

const inNearlyAll = new RegExp(
  "/(?:common/(?:at|user-error|load-once|join-blocks)|codecs/decoder-error|containers/byte-reader" +
    "|features/(?:check-config|meyda/scalar-features)|onnx/(?:wire-format|utf8)|@noble/hashes/(?:_md|_u64|utils))\\.[jt]s$",
);

const inProject = (...names: readonly string[]) => path.join(projectFolder, ...names);

const backend = inProject("packages", "tfjs-backend-onnxruntime");
for (const folder of [inProject("dist"), path.join(backend, "dist")])
  await rm(folder, { recursive: true, force: true });
const { code, output } = await runTool("tsc", ["-b", "tsconfig.build.json", backend], "typescript");
if (code === 0) {
  await bundleForPages();
  await bundleTool(inProject("dist", "tool"));
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
      rolldownOptions: {
        external: [/^onnxruntime-web/],
        // Each file has a header of its own when it is compressed: what is in nearly all of them is one.
        output: {
          codeSplitting: { groups: [{ name: "shared", test: inNearlyAll }] },
        },
      },
      outDir: "dist/browser",
      target: "es2023",
      minify: true,
      sourcemap: true,
    },
  });
}

async function buildPage(): Promise<void> {
  const configFile = inProject("web-demo", "vite.config.ts");
  await bundle({
    configFile,
    logLevel: "warn",
    build: { outDir: inProject("dist", "page") },
  });
}
