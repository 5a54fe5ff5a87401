import { rm } from "node:fs/promises";
import path from "node:path";
import { build as bundle } from "vite";
import { projectFolder, runTool } from "./run-tool.ts";

// `npm run build`: the package's modules in dist/, and in dist/browser/ the same as files for pages without a bundler.

await rm(path.join(projectFolder, "dist"), { recursive: true, force: true });
const { code, output } = await runTool("tsc", ["-p", "tsconfig.build.json"], "typescript");
if (code === 0) {
  await bundleForPages();
  console.log("dist/: modules with types and source maps; dist/browser/: for pages without a bundler");
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
