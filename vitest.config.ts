import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * Rooms whose tests leave nothing behind in their process: no engine chosen, no working directory, nothing replaced.
 * Their files share processes, which import TensorFlow.js and ONNX Runtime once and not for each: a third less time.
 */
const sharing = [
  ...["common", "datasets", "docs", "features", "heads", "models", "onnx", "report", "run-files"],
  ...["training/data", "training/jobs", "training/loop", "training/scoring"],
].map((room) => `test/${room}/**/*.test.ts`);

/** Share processes with each other alone: their oracle is TF.js's own backend, and training's tests choose another. */
const exporting = ["test/export/**/*.test.ts"];

export default defineConfig({
  test: {
    setupFiles: ["test/seed-properties.ts"],
    // TensorFlow's native library cannot be loaded twice into one process.
    pool: "forks",
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: "alone", include: ["test/**/*.test.ts"], exclude: [...sharing, ...exporting] },
      },
      { extends: true, test: { name: "sharing", include: sharing, isolate: false } },
      { extends: true, test: { name: "exporting", include: exporting, isolate: false } },
    ],
  },
});
