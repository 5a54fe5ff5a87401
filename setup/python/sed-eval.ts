import { describeEnvironment } from "./python-environment.ts";

/** The virtual environment of sed_eval, the oracle of the field benchmark's scores. */
export const sedEval = describeEnvironment(".cache/sed-eval-venv", "setup/python/sed-eval-requirements.txt");
