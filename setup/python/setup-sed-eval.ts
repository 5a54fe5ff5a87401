// Makes the virtual environment of sed_eval, the oracle of the field benchmark: npx tsx setup/python/setup-sed-eval.ts
import { makePythonEnvironment } from "./make-python-environment.ts";
import { sedEval } from "./sed-eval.ts";

await makePythonEnvironment(sedEval, {
  title: "sed_eval, oracle of the field benchmark",
  size: "150 MB to download, 640 MB on disk",
  pipOptions: ["--no-deps", "--no-binary=sed_eval,dcase_util,pydot-ng"], // published as source alone
  quietWhenReady: process.argv.includes("--quiet-when-ready"),
});
