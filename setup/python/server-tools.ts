import { describeEnvironment } from "./python-environment.ts";

/** The virtual environment of FastAPI, schemathesis, hadolint and Triton's schema. */
export const serverTools = describeEnvironment(".cache/server-venv", "setup/python/server-requirements.txt");
