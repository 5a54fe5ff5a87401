// Makes the virtual environment of the queue tests' S3 server; `npm test` runs it.
import { makePythonEnvironment } from "./make-python-environment.ts";
import { queueTools } from "./queue-tools.ts";

await makePythonEnvironment(queueTools, {
  title: "S3 server of the queue's tests",
  size: "31 MB to download, 140 MB on disk",
  quietWhenReady: process.argv.includes("--quiet-when-ready"),
});
