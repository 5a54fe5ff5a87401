import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../run-tool.ts";

/** The requirements need it: numpy 2.4 has no wheels for older ones. */
export const oldestPython = "3.11";

/** A virtual environment of the project. */
export interface PythonEnvironment {
  readonly folder: string;
  readonly python: string;
  /** Written last, so that an install that was cut short leaves none; holds the hash of the requirements. */
  readonly stamp: string;
  /** What pip is given, then the files that it includes. */
  readonly requirements: readonly [string, ...string[]];
}

export function describeEnvironment(
  folderName: string,
  ...names: readonly [string, ...string[]]
): PythonEnvironment {
  const folder = path.join(projectFolder, folderName);
  const [first, ...others] = names;
  return {
    folder,
    python:
      process.platform === "win32"
        ? path.join(folder, "Scripts", "python.exe")
        : path.join(folder, "bin", "python"),
    stamp: path.join(folder, ".earshot-installed"),
    requirements: [path.join(projectFolder, first), ...others.map((name) => path.join(projectFolder, name))],
  };
}

/** The tests' oracles. */
export const oracleEnvironment = describeEnvironment(".venv", "setup/python/requirements.txt");

export const { folder: environmentFolder, python: environmentPython } = oracleEnvironment;

export function hashRequirements({ requirements }: PythonEnvironment): string {
  const hash = createHash("sha256");
  for (const file of requirements) hash.update(readFileSync(file));
  return hash.digest("hex");
}

/** Whether the environment holds exactly the packages that the requirements name today. */
export function isEnvironmentReady(environment = oracleEnvironment): boolean {
  const { python, stamp } = environment;
  return (
    existsSync(python) && existsSync(stamp) && readFileSync(stamp, "utf8") === hashRequirements(environment)
  );
}

export interface SystemPython {
  /** The command, as found on the path. */
  readonly command: string;
  /** For example "3.11.7". */
  readonly version: string;
  /** Whether it can make a virtual environment with pip in it: Debian keeps that part in another package. */
  readonly canMakeEnvironment: boolean;
  readonly hasPip: boolean;
}

const probe = [
  "import importlib.util, json, platform",
  "has = lambda name: importlib.util.find_spec(name) is not None",
  "print(json.dumps([platform.python_version(), has('venv') and has('ensurepip'), has('pip')]))",
].join("\n");

/** Those of the commands that are Pythons; by default the environment variable PYTHON, then the usual names. */
export function findPythons(commands: readonly string[] = listUsualCommands()): SystemPython[] {
  const found: SystemPython[] = [];
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ["-c", probe], { encoding: "utf8", timeout: 20_000 });
    if (status !== 0) continue;
    const answer: unknown = JSON.parse(stdout);
    if (!Array.isArray(answer)) continue;
    const [version, canMakeEnvironment, hasPip] = answer.map(String);
    if (version === undefined) continue;
    found.push({
      command,
      version,
      canMakeEnvironment: canMakeEnvironment === "true",
      hasPip: hasPip === "true",
    });
  }
  return found;
}

function listUsualCommands(): string[] {
  const chosen = process.env.PYTHON;
  const usual = ["python3", "python", "python3.13", "python3.12", "python3.11"];
  return chosen === undefined || chosen === "" ? usual : [chosen, ...usual];
}

export function isNewEnough(version: string): boolean {
  return version.localeCompare(oldestPython, "en", { numeric: true }) >= 0;
}
