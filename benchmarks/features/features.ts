/**
 * Log-mel of a 5-s clip: the feature graph, Meyda, librosa and torch.stft, each with one thread; and the
 * graph on WebAssembly beside Meyda in Chromium.
 *
 *     npm run bench -- --only features
 */
import { findBrowser } from "../../setup/browser/find-browser.ts";
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

const noBrowser = findBrowser() === undefined ? { absent: "no browser: npm run setup:browser" } : {};
const extractors = ["graph-float64", "graph-split", "graph-float32"];

await runBenchmark("features", [
  {
    title: "log-mel of 5 s at 44.1 kHz, 214 frames of 96 bands",
    threads: 1,
    ours: extractors.map((extractor) =>
      defineNodeEngine(extractor, "features/features-engine.ts", { extractor }),
    ),
    peers: [
      defineNodeEngine("Meyda", "features/features-engine.ts", { extractor: "meyda" }),
      definePythonEngine("librosa", "features_librosa.py"),
      definePythonEngine("torch.stft", "features_torch.py"),
    ],
  },
  {
    title: "the same in Chromium",
    threads: 1,
    ours: ["graph-float32", "graph-split"].map((extractor) => ({
      ...defineNodeEngine(extractor, "features/features-browser.ts", { extractor }),
      ...noBrowser,
    })),
    peers: [
      { ...defineNodeEngine("Meyda", "features/features-browser.ts", { extractor: "meyda" }), ...noBrowser },
    ],
  },
]);
