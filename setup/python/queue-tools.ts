import { describeEnvironment } from "./python-environment.ts";

/** The virtual environment of moto, an S3 server for the tests of queue/. */
export const queueTools = describeEnvironment(".cache/queue-venv", "setup/python/queue-requirements.txt");
