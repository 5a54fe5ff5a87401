import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { environmentPython, findPythons } from "./python/python-environment.ts";
import { runProgram } from "./tensorflow/run-program.ts";

/** A Python package that holds native libraries. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** The platform tag that pip is asked for, so that any Python on the machine can fetch it. */
  readonly platform: string;
  readonly pythonVersion: string;
  readonly bytes: number;
  readonly sha256: string;
}

const unpackScript = `
import sys, zipfile
wheel, folder, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(tuple(wanted))])
`;

/**
 * Fetches a wheel through pip, so that the user's own mirror and certificates count, and unpacks a part of it. Any
 * Python will do: nothing is installed.
 *
 * @param wanted beginnings of the names of the files to unpack
 * @param work an empty folder for what is needed on the way
 * @returns the folder that holds them
 * @throws {Error} that says what to install when there is no Python with pip, or when the wheel's hash is another
 */
export async function fetchWheel(wheel: Wheel, wanted: readonly string[], work: string): Promise<string> {
  const python = findPip();
  const name = `${wheel.project}==${wheel.version}`;
  console.error(`  ${name} from the Python package index (${(wheel.bytes / 1e6).toFixed(0)} MB) ...`);
  await runProgram(
    python,
    [
      ...["-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"],
      ...["--progress-bar", process.stderr.isTTY ? "on" : "off", "--dest", work],
      ...["--python-version", wheel.pythonVersion, "--platform", wheel.platform, name],
    ],
    { show: process.stderr.isTTY },
  );
  const [file] = (await readdir(work)).filter((entry) => entry.endsWith(".whl"));
  if (file === undefined) throw new Error(`${name}: pip downloaded no wheel`);
  const archive = path.join(work, file);
  await requireHash(archive, wheel.sha256);
  const unpacked = path.join(work, "unpacked");
  await runProgram(python, ["-c", unpackScript, archive, unpacked, ...wanted]);
  await rm(archive);
  return unpacked;
}

function findPip(): string {
  const python = [...findPythons(), ...findPythons([environmentPython])].find(
    (candidate) => candidate.hasPip,
  );
  if (python !== undefined) return python.command;
  throw new Error("no Python with pip (Debian, Ubuntu: sudo apt-get install python3-pip)");
}

async function requireHash(file: string, sha256: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found !== sha256) throw new Error(`${path.basename(file)}: expected SHA-256 ${sha256}, got ${found}`);
}
