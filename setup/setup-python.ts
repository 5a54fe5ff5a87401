// Makes the virtual environment of the tests' Python oracles: `npm run setup:python`.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { holdLock } from "./folder-lock.mjs";
import {
  environmentFolder,
  environmentPython,
  environmentStamp,
  findPythons,
  hashRequirements,
  isEnvironmentReady,
  isNewEnough,
  oldestPython,
  requirementsFile,
} from "./python-environment.ts";
import { projectFolder } from "./run-tool.ts";

const quietWhenReady = process.argv.includes("--quiet-when-ready");

function setUpPython(): void {
  if (isEnvironmentReady()) {
    if (!quietWhenReady) console.error("Python oracles: ready (.venv)");
    return;
  }
  const command = choosePython();
  console.error(`Python oracles: making .venv with ${command} (160 MB to download, 640 MB on disk) ...`);
  const begin = Date.now();
  rmSync(environmentFolder, { recursive: true, force: true });
  run(command, ["-m", "venv", environmentFolder]);
  run(environmentPython, [
    ...["-m", "pip", "install", "--disable-pip-version-check", "--only-binary=:all:"],
    ...["--progress-bar", process.stderr.isTTY ? "on" : "off", "--quiet", "-r", requirementsFile],
  ]);
  writeFileSync(environmentStamp, hashRequirements());
  console.error(`Python oracles: ready in ${Math.round((Date.now() - begin) / 1000)} s`);
}

/** @throws {Error} that says in one line what to install. */
function choosePython(): string {
  const pythons = findPythons();
  const usable = pythons.filter((python) => isNewEnough(python.version));
  const best = usable.find((python) => python.canMakeEnvironment);
  if (best !== undefined) return best.command;
  const [newEnough] = usable;
  if (newEnough !== undefined) {
    throw new Error(
      `${newEnough.command} ${newEnough.version} cannot make virtual environments: ` +
        `install its venv module (Debian, Ubuntu: sudo apt-get install python3-venv)`,
    );
  }
  const found = pythons.map((python) => `${python.command} is ${python.version}`).join(", ");
  throw new Error(
    `expected Python ${oldestPython} or newer, ${found === "" ? "found none" : found}: ` +
      `install python3 and python3-venv, or name one with the environment variable PYTHON`,
  );
}

function run(command: string, args: readonly string[]): void {
  const { status, signal, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2], cwd: projectFolder });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.slice(0, 3).join(" ")} ended with ${signal ?? status}`);
}

try {
  await holdLock(path.join(projectFolder, ".cache", "locks", "python"), "setting up Python", () => {
    setUpPython();
    return Promise.resolve();
  });
} catch (error) {
  console.error(`Python oracles: not set up, ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
