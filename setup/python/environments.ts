import type { EnvironmentSetUp } from "./make-python-environment.ts";
import { describeEnvironment, oracleEnvironment, type PythonEnvironment } from "./python-environment.ts";

/** moto, an S3 server for the tests of queue/. */
export const queueTools = describeEnvironment(".cache/queue-venv", "setup/python/queue-requirements.txt");

/** sed_eval, the oracle of the field benchmark's scores. */
export const sedEval = describeEnvironment(".cache/sed-eval-venv", "setup/python/sed-eval-requirements.txt");

/** FastAPI, schemathesis, hadolint and Triton's schema. */
export const serverTools = describeEnvironment(".cache/server-venv", "setup/python/server-requirements.txt");

interface KnownEnvironment extends Omit<EnvironmentSetUp, "quietWhenReady"> {
  readonly environment: PythonEnvironment;
}

/** What `setup-python.ts` can make, by the names that it is given. */
export const environments: ReadonlyMap<string, KnownEnvironment> = new Map<string, KnownEnvironment>([
  [
    "oracles",
    {
      environment: oracleEnvironment,
      title: "Python oracles",
      size: "160 MB to download, 640 MB on disk",
    },
  ],
  [
    "queue",
    {
      environment: queueTools,
      title: "S3 server of the queue's tests",
      size: "31 MB to download, 140 MB on disk",
    },
  ],
  [
    "sed-eval",
    {
      environment: sedEval,
      title: "sed_eval, oracle of the field benchmark",
      size: "150 MB to download, 640 MB on disk",
      pipOptions: ["--no-deps", "--no-binary=sed_eval,dcase_util,pydot-ng"], // published as source alone
    },
  ],
  [
    "server",
    {
      environment: serverTools,
      title: "Python peer and checkers of the server",
      size: "60 MB to download, 250 MB on disk",
      pipOptions: ["--no-deps"],
    },
  ],
]);
