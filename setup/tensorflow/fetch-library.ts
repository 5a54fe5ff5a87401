import { mkdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { fetchWheel, type Wheel } from "../fetch-wheel.ts";
import { downloadFile } from "../../common/download/download-file.ts";
import type { Archive } from "./platforms.ts";
import { runProgram } from "./run-program.ts";

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

/** Where the wheel holds the library and the headers that tfjs-node's addon needs. */
const wanted = [
  "tensorflow/libtensorflow",
  "tensorflow/include/tensorflow/c",
  "tensorflow/include/tensorflow/core/",
  "tensorflow/include/tsl/",
];

/** Fetches the C library from the Python package that holds it. @throws as `fetchWheel` */
export async function fetchLibraryWheel(wheel: Wheel, folder: string, work: string): Promise<void> {
  const unpacked = await fetchWheel(wheel, wanted, work);
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

const megabyte = 1_000_000;
const terminalIntervalMs = 200;
const logIntervalMs = 10_000;

/**
 * Shows how far a download is: one line that changes in a terminal, a line every ten seconds in a log.
 *
 * @param stream where the lines go
 */
function showProgress(
  subject: string,
  stream: NodeJS.WriteStream = process.stderr,
): (bytes: number, total: number | undefined) => void {
  let shown = Date.now();
  return (bytes, total) => {
    const isDone = bytes === total;
    const intervalMs = stream.isTTY ? terminalIntervalMs : logIntervalMs;
    if (!isDone && Date.now() - shown < intervalMs) return;
    shown = Date.now();
    const size = (bytes / megabyte).toFixed(0);
    const ofTotal = total === undefined ? "" : ` of ${(total / megabyte).toFixed(0)}`;
    const line = `  ${subject}: ${size}${ofTotal} MB`;
    if (stream.isTTY) stream.write(`\r${line}${isDone ? "\n" : ""}`);
    else stream.write(`${line}\n`);
  };
}
