import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { holdLock } from "../folder-lock.mjs";
import {
  findPythons,
  hashRequirements,
  isEnvironmentReady,
  isNewEnough,
  oldestPython,
  type PythonEnvironment,
} from "./python-environment.ts";
import { projectFolder } from "../run-tool.ts";
import { describeError } from "../../common/describe-error.ts";

export interface EnvironmentSetUp {
  /** What the messages call it. */
  readonly title: string;
  /** What is downloaded and what lies on disk then, e.g. "160 MB to download, 640 MB on disk". */
  readonly size: string;
  readonly pipOptions?: readonly string[];
  /** Says nothing where there is nothing to do. */
  readonly quietWhenReady: boolean;
}

/** Makes a virtual environment with what its requirements name, once. Prints what fails and sets the exit code. */
export async function makePythonEnvironment(
  environment: PythonEnvironment,
  setUp: EnvironmentSetUp,
): Promise<void> {
  const { folder } = environment;
  try {
    const lock = path.join(projectFolder, ".cache", "locks", path.basename(folder).replace(/^\./, ""));
    await holdLock(lock, `setting up ${setUp.title}`, () => {
      makeOnce(environment, setUp);
      return Promise.resolve();
    });
  } catch (error) {
    console.error(`${setUp.title}: not set up, ${describeError(error)}`);
    process.exitCode = 1;
  }
}

function makeOnce(environment: PythonEnvironment, setUp: EnvironmentSetUp): void {
  const { folder, python, stamp, requirements } = environment;
  const { title, size, pipOptions = [], quietWhenReady } = setUp;
  const shown = path.relative(projectFolder, folder);
  if (isEnvironmentReady(environment)) {
    if (!quietWhenReady) console.error(`${title}: ready (${shown})`);
    return;
  }
  const command = choosePython();
  console.error(`${title}: making ${shown} with ${command} (${size}) ...`);
  const begin = Date.now();
  rmSync(folder, { recursive: true, force: true });
  run(command, ["-m", "venv", folder]);
  run(python, [
    ...["-m", "pip", "install", "--disable-pip-version-check", "--only-binary=:all:", ...pipOptions],
    ...["--progress-bar", process.stderr.isTTY ? "on" : "off", "--quiet", "-r", requirements[0]],
  ]);
  writeFileSync(stamp, hashRequirements(environment));
  console.error(`${title}: ready in ${Math.round((Date.now() - begin) / 1000)} s`);
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
