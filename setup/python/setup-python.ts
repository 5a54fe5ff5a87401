// Makes the virtual environment of the tests' Python oracles: `npm run setup:python`.
import { makePythonEnvironment } from "./make-python-environment.ts";
import { oracleEnvironment } from "./python-environment.ts";

await makePythonEnvironment(oracleEnvironment, {
  title: "Python oracles",
  size: "160 MB to download, 640 MB on disk",
  quietWhenReady: process.argv.includes("--quiet-when-ready"),
});
