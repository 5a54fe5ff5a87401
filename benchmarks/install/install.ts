/**
 * From nothing to the classes of one clip: a clone, its packages and the model in the box, beside a virtual environment
 * with what pip installs for `torch librosa`. Package caches are empty on both sides, so all of it is downloaded: 4 GB.
 *
 *     npm run bench -- --only install
 */
import { defineNodeEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

await runBenchmark(
  "install",
  [
    {
      title: "from nothing to the classes of one clip",
      warmUps: 0,
      ours: [defineNodeEngine("earshot", "install/install-earshot.ts")],
      peers: [defineNodeEngine("pip install torch librosa", "install/install-pip.ts")],
    },
  ],
  { rounds: 1 },
);
