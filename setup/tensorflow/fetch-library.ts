import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { environmentPython, findPythons } from "../python-environment.ts";
import { downloadFile } from "./download-file.ts";
import type { Archive, Wheel } from "./platforms.ts";
import { runProgram } from "./run-program.ts";
import { showProgress } from "./show-progress.ts";

/**
 * Fetches the C library that tfjs-node's own install script downloads, into `folder`: lib/ and include/.
 *
 * @param work an empty folder for what is needed on the way
 */
export async function fetchLibraryArchive(library: Archive, folder: string, work: string): Promise<void> {
  const archive = path.join(work, path.basename(new URL(library.url).pathname));
  const host = new URL(library.url).host;
  console.error(`  TensorFlow's C library from ${host} (about 100 MB) ...`);
  await downloadFile(library.url, archive, { sha256: library.sha256, onProgress: showProgress(host) });
  await extractArchive(archive, folder);
  await rm(archive);
}

/** Unpacks with the system's tar, which Linux, macOS and Windows 10 have; it knows gzip, and on Windows zip. */
export async function extractArchive(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await runProgram("tar", ["-xf", archive, "-C", folder]);
}

const unpackScript = `
import sys, zipfile
wheel, folder = sys.argv[1:]
wanted = ("tensorflow/libtensorflow", "tensorflow/include/tensorflow/c", "tensorflow/include/tensorflow/core/",
          "tensorflow/include/tsl/")
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(wanted)])
`;

/**
 * Fetches the C library from the Python package that holds it, through pip, so that the user's own mirror and
 * certificates count. Any Python will do: the wheel is only unpacked.
 *
 * @throws {Error} that says what to install when there is no Python with pip
 */
export async function fetchLibraryWheel(wheel: Wheel, folder: string, work: string): Promise<void> {
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
  await runProgram(python, ["-c", unpackScript, archive, unpacked]);
  await rm(archive);
  await mkdir(path.join(folder, "lib"), { recursive: true });
  await rename(path.join(unpacked, "tensorflow", "include"), path.join(folder, "include"));
  for (const [library, link] of [
    ["libtensorflow_cc.so.2", "libtensorflow.so"],
    ["libtensorflow_framework.so.2", "libtensorflow_framework.so"],
  ] as const) {
    await rename(path.join(unpacked, "tensorflow", library), path.join(folder, "lib", library));
    await symlink(library, path.join(folder, "lib", link)); // the name that the linker looks for
  }
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
