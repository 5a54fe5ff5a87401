/**
 * A folder of Ogg Vorbis clips to samples, by one worker and by two: ours in threads beside libsndfile (soundfile) and
 * ffmpeg, which gets all files of a worker in one process, so that its start does not count for each.
 *
 *     npm run bench -- --only decode
 *
 * EARSHOT_BENCH_CLIPS names the folder; default: ESC-10's in ../shared/esc10.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

const folder = path.resolve(process.env.EARSHOT_BENCH_CLIPS ?? "../shared/esc10");
const clips = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ogg"))
  : [];
const missing =
  clips.length === 0 ? { absent: `no .ogg files in ${folder}: name them in EARSHOT_BENCH_CLIPS` } : {};

await runBenchmark(
  "decode",
  [1, 2].map((workers) => {
    const settings = { folder, workers };
    return {
      title: `${clips.length} Ogg Vorbis clips of 5 s, ${workers === 1 ? "one worker" : `${workers} workers`}`,
      threads: 1,
      ours: [{ ...defineNodeEngine("earshot", "decoding/decode-earshot.ts", settings), ...missing }],
      peers: ["soundfile", "ffmpeg"].map((decoder) => ({
        ...definePythonEngine(decoder, "decode_python.py", { ...settings, decoder }),
        ...missing,
      })),
    };
  }),
  { rounds: 5 },
);
