/** Chromium with one of the pages, on the browser benchmark. A round is a browser context with empty caches. */
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { openBenchPage } from "./bench-page.ts";
import { exportUntrained } from "../export/export-untrained.ts";
import { readSettings, readVersion, serveRounds } from "../measure/serve-rounds.ts";

const settings = z
  .object({
    network: z.enum(["cnn", "cnn-transformer"]),
    backend: z.enum(["wasm", "webgpu"]),
    page: z.enum(["earshot", "tfjs"]),
    threads: z.number(),
  })
  .parse(readSettings());
const timesSchema = z.object({ load: z.number(), first: z.number(), following: z.array(z.number()) });

/** The model's files by their path, in the form that the page loads. */
async function makeModelFiles(): Promise<Map<string, Uint8Array | string>> {
  const model = createNetwork(networkConfigSchema.parse({ architecture: settings.network }), 1);
  if (settings.page === "earshot")
    return new Map([["/model.onnx", exportUntrained(model, "features").bytes]]);
  const files = new Map<string, Uint8Array | string>();
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      const weights = tf.io.CompositeArrayBuffer.join(weightData);
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      files.set("/model.json", JSON.stringify({ modelTopology, weightsManifest }));
      files.set("/weights.bin", new Uint8Array(weights));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
    }),
  );
  return files;
}

const { backend, threads } = settings;
const bench = await openBenchPage({
  entry: `page/browser-page-${settings.page}.ts`,
  files: await makeModelFiles(),
  // TF.js's threaded WASM hangs when it is started from a bundle; without isolation it takes its build for one thread.
  isolated: settings.page === "earshot" || backend === "webgpu",
});
const library = settings.page === "earshot" ? "onnxruntime-web" : `@tensorflow/tfjs-backend-${backend}`;
const versions = { chromium: bench.browser.version(), [library]: readVersion(library) };
await serveRounds({ versions }, async () => {
  const script = `import("/page.js").then(({ run }) => run(${JSON.stringify(backend)}, ${threads}))`;
  const times = timesSchema.parse(await bench.open((page) => page.evaluate(script)));
  const { load, first, following } = times;
  return { "ms to load": [load], "ms of the first answer": [first], "ms of an answer": following };
});
await bench.close();
