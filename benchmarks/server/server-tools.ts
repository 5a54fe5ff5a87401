import { describeEnvironment } from "../../setup/python/python-environment.ts";

/** The virtual environment of FastAPI, schemathesis, hadolint and Triton's schema. */
export const serverTools = describeEnvironment(".cache/server-venv", "benchmarks/server/requirements.txt");
