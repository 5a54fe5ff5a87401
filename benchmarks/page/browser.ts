/**
 * The same network in headless Chromium: from an empty page to a model that is ready (code, WebAssembly and weights
 * fetched from this machine), the first answer, and the median of the following ones, features input, batch 1. Without
 * a graphics card WebGPU is computed on the processor. TF.js's WASM has one thread here: its threaded build hangs in a
 * bundle.
 *
 *     npm run bench -- --only browser [--case wasm]
 */
import { findBrowser } from "../../setup/browser/find-browser.ts";
import { defineNodeEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

const missing = findBrowser() === undefined ? { absent: "no browser: npm run setup:browser" } : {};

await runBenchmark(
  "browser",
  ["cnn", "cnn-transformer"].flatMap((network) =>
    ["wasm", "webgpu"].map((backend) => ({
      title: `${network}, ${backend}`,
      ours: [
        {
          ...defineNodeEngine("earshot", "page/browser-engine.ts", { network, backend, page: "earshot" }),
          ...missing,
        },
      ],
      peers: [
        {
          ...defineNodeEngine(`tfjs ${backend}`, "page/browser-engine.ts", {
            network,
            backend,
            page: "tfjs",
          }),
          ...missing,
        },
      ],
    })),
  ),
  { rounds: 5 },
);
