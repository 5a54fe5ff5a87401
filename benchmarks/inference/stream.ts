/**
 * A live sound in blocks of 1,024 samples, classified in windows of 5 s, one each second: the time a second of it takes,
 * and the time from the block that completes a window to its answer. The peers are the loop that one would write
 * over Meyda and TF.js: each frame computed once, the last 214 of them to the network when a window is due.
 *
 *     npm run bench -- --only stream
 */
import { defineNodeEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

await runBenchmark(
  "stream",
  ["cnn", "cnn-transformer"].map((network) => ({
    title: `${network}, a window of 5 s each second`,
    ours: [defineNodeEngine("earshot", "inference/stream-earshot.ts", { network })],
    peers: [
      defineNodeEngine("Meyda + tfjs-node", "inference/stream-plain-loop.ts", {
        network,
        backend: "tensorflow",
      }),
      defineNodeEngine("Meyda + tfjs WASM", "inference/stream-plain-loop.ts", { network, backend: "wasm" }),
    ],
  })),
  { rounds: 7 },
);
