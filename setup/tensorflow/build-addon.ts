import { mkdir, readdir, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { downloadFile } from "../../common/download/download-file.ts";
import { extractArchive } from "./fetch-library.ts";
import type { Compiler } from "./find-compiler.ts";
import { napiVersion } from "./platforms.ts";
import { runProgram } from "./run-program.ts";

export const addonName = "tfjs_binding.node";

const require = createRequire(import.meta.url);

/**
 * Compiles tfjs-node's binding, two files of its package, against the library in `folder`, in about six seconds. The
 * binding speaks only Node-API, whose four headers are an npm package: no node-gyp, no download of Node's headers.
 *
 * @param folder holds lib/ and include/
 * @param packageFolder tfjs-node's package
 * @param addon the file to make
 */
export async function compileAddon(
  compiler: Compiler,
  folder: string,
  packageFolder: string,
  addon: string,
): Promise<void> {
  console.error(`  compiling the addon with ${compiler.command} ...`);
  const headers = path.join(path.dirname(require.resolve("node-api-headers/package.json")), "include");
  const library = path.join(folder, "lib");
  await mkdir(path.dirname(addon), { recursive: true });
  await runProgram(compiler.command, [
    ...["-std=c++17", "-O2", "-fPIC", `-DNAPI_VERSION=${napiVersion}`],
    ...["-I", headers, "-I", path.join(folder, "include"), "-I", packageFolder],
    path.join(packageFolder, "binding", "tfjs_backend.cc"),
    path.join(packageFolder, "binding", "tfjs_binding.cc"),
    ...linkOptions(process.platform),
    ...["-L", library, "-ltensorflow", "-ltensorflow_framework", "-o", addon],
  ]);
}

/** The addon lies in lib/napi-v8/ of the package and finds the library in deps/lib/, wherever the package is. */
function linkOptions(platform: NodeJS.Platform): string[] {
  return platform === "darwin"
    ? ["-bundle", "-undefined", "dynamic_lookup", "-Wl,-rpath,@loader_path/../../deps/lib"]
    : ["-shared", "-Wl,-rpath,$ORIGIN/../../deps/lib"];
}

/**
 * Downloads the addon that tfjs-node's makers built, for machines without a compiler. Its hash is not known in advance:
 * the hash of the download is printed.
 */
export async function fetchAddon(url: string, addon: string, work: string): Promise<void> {
  const archive = path.join(work, path.basename(new URL(url).pathname));
  const sha256 = await downloadFile(url, archive);
  console.error(
    `  the prebuilt addon from ${new URL(url).host}: SHA-256 ${sha256} (its makers publish none to compare)`,
  );
  const unpacked = path.join(work, "addon");
  await extractArchive(archive, unpacked);
  const files = await readdir(unpacked, { recursive: true });
  const found = files.find((file) => path.basename(file) === addonName);
  if (found === undefined) throw new Error(`${url}: expected ${addonName} inside, got ${files.join(", ")}`);
  await mkdir(path.dirname(addon), { recursive: true });
  await rename(path.join(unpacked, found), addon);
}
