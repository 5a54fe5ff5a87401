// Makes the virtual environment of the benchmarks' Python peers: `npm run bench:setup`.
import { makePythonEnvironment } from "../../setup/python/make-python-environment.ts";
import { pythonPeers } from "./python-peers.ts";

// torch's packages for Linux are built for CUDA and install its libraries; those for other systems are not.
const size =
  process.platform === "linux"
    ? "2.7 GB to download, 4.9 GB on disk: torch and the CUDA libraries that it does not start without"
    : "350 MB to download, 1.3 GB on disk";

await makePythonEnvironment(pythonPeers, {
  title: "Python peers",
  size,
  pipOptions: ["--no-deps"],
  quietWhenReady: process.argv.includes("--quiet-when-ready"),
});
