import path from "node:path";
import { fileURLToPath } from "node:url";
import { glob } from "tinyglobby";
import { build } from "vite";

const core = fileURLToPath(new URL("../../../node_modules/@tensorflow/tfjs-core/dist/", import.meta.url));

/** What computes on a backend; the rest of tfjs-core's tests are about files, platforms and texts. */
const patterns = [
  "ops/**/*_test.js",
  "optimizers/*_test.js",
  "{buffer,debug_mode,engine,gradients,profiler,tape,tensor,tensor_util,variable}_test.js",
];

/** TF.js itself, as its tests import it: a second copy would not know the tests' tensors. */
const tfjs = `
export * from ${JSON.stringify(`${core}index.js`)};
import ${JSON.stringify(`${core}public/chained_ops/register_all_chained_ops.js`)};
import ${JSON.stringify(`${core}register_all_gradients.js`)};`;

/**
 * One program of our backend, TF.js and its tests, which are modules that only a bundler can read.
 * @returns its main file, in `folder`
 */
export async function bundleTests(folder: string): Promise<string> {
  const files = (await glob(patterns, { cwd: core })).toSorted();
  const runner = fileURLToPath(new URL("run-in-bundle.ts", import.meta.url));
  const list = files.map((file) => {
    const load = `() => import(${JSON.stringify(core + file)})`;
    return `{ name: ${JSON.stringify(file.replace(/\.js$/, ""))}, load: ${load} }`;
  });
  const modules = new Map([
    ["@tensorflow/tfjs", tfjs],
    // TF.js's test environment sets a timeout of its own jasmine, of which ours knows nothing.
    ["jasmine-core/lib/jasmine-core/jasmine.js", "export const core = () => ({});"],
    [
      "virtual:main",
      `import { runFiles } from ${JSON.stringify(runner)};
import { setTestEnvs } from ${JSON.stringify(`${core}jasmine_util.js`)};
await runFiles([${list.join()}], setTestEnvs);`,
    ],
  ]);
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: true,
      outDir: folder,
      minify: false,
      target: "node20",
      // The tests' modules count as without effect in TF.js's package.json: they would be left out.
      rolldownOptions: { input: "virtual:main", treeshake: false, output: { entryFileNames: "main.mjs" } },
    },
    ssr: { noExternal: true, external: ["onnxruntime-node", "onnxruntime-common", "jasmine-core"] },
    resolve: { mainFields: ["module", "main"], alias: { "@tensorflow/tfjs-core": `${core}index.js` } },
    plugins: [
      {
        name: "modules-of-our-own",
        enforce: "pre",
        resolveId: (id) => (modules.has(id) ? `\0${id}` : undefined),
        load: (id) => modules.get(id.slice(1)),
      },
    ],
  });
  return path.join(folder, "main.mjs");
}
