import { describeEnvironment } from "../../setup/python/python-environment.ts";

/** The virtual environment of the Python peers. */
export const pythonPeers = describeEnvironment(
  ".cache/bench-venv",
  "benchmarks/python/requirements.txt",
  "setup/python/requirements.txt",
);
