// Makes the virtual environment of the server's Python peer and checkers: npx tsx setup/python/setup-server-tools.ts
import { makePythonEnvironment } from "./make-python-environment.ts";
import { serverTools } from "./server-tools.ts";

await makePythonEnvironment(serverTools, {
  title: "Python peer and checkers of the server",
  size: "60 MB to download, 250 MB on disk",
  pipOptions: ["--no-deps"],
  quietWhenReady: process.argv.includes("--quiet-when-ready"),
});
