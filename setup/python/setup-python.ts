// Makes the virtual environment of the tests' Python oracles: `npm run setup:python`; others by their names:
// npx tsx setup/python/setup-python.ts queue sed-eval server
import { environments } from "./environments.ts";
import { makePythonEnvironment } from "./make-python-environment.ts";

const names = process.argv.slice(2).filter((option) => !option.startsWith("--"));
const quietWhenReady = process.argv.includes("--quiet-when-ready");
for (const name of names.length === 0 ? ["oracles"] : names) {
  const known = environments.get(name);
  if (known === undefined) {
    console.error(`setup:python: expected ${[...environments.keys()].join(", ")}, got ${name}`);
    process.exitCode = 1;
  } else await makePythonEnvironment(known.environment, { ...known, quietWhenReady });
}
