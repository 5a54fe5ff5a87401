import { existsSync } from "node:fs";
import { link, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { addonName } from "./build-addon.ts";
import { linkFolder } from "./link-folder.ts";
import { napiVersion } from "./platforms.ts";

/**
 * A set-up library in the cache: lib/ (the C library), addon/ (tfjs-node's binding for it) and, until the addon is
 * built, include/. It lies outside node_modules, which `npm ci` deletes.
 */
export interface Placement {
  readonly cacheFolder: string;
  /** tfjs-node's package, which wants the same files in deps/lib/ and lib/napi-v8/. */
  readonly packageFolder: string;
}

export function isCached({ cacheFolder }: Placement): boolean {
  return existsSync(path.join(cacheFolder, "addon", addonName));
}

/** Puts the cached library into the package, in place of whatever is there. */
export async function placeLibrary({ cacheFolder, packageFolder }: Placement): Promise<void> {
  const addonFolder = path.join(packageFolder, "lib", `napi-v${napiVersion}`);
  const libraryFolder = path.join(packageFolder, "deps", "lib");
  await rm(path.join(packageFolder, "lib"), { recursive: true, force: true });
  await rm(path.join(packageFolder, "deps"), { recursive: true, force: true });
  await linkFolder(path.join(cacheFolder, "lib"), libraryFolder);
  await linkFolder(path.join(cacheFolder, "addon"), addonFolder);
  // Windows looks for a library beside the file that asks for it.
  const windowsLibrary = path.join(libraryFolder, "tensorflow.dll");
  if (existsSync(windowsLibrary)) await link(windowsLibrary, path.join(addonFolder, "tensorflow.dll"));
}

/** Keeps a library that someone else set up in the package, so that the next `npm ci` does not lose it. */
export async function keepLibrary({ cacheFolder, packageFolder }: Placement, work: string): Promise<void> {
  const kept = path.join(work, "kept");
  await linkFolder(path.join(packageFolder, "deps", "lib"), path.join(kept, "lib"));
  await linkFolder(path.join(packageFolder, "lib", `napi-v${napiVersion}`), path.join(kept, "addon"));
  await moveIntoCache(kept, cacheFolder);
}

/** The last step of every set-up: until it, nothing in the cache looks finished. */
export async function moveIntoCache(folder: string, cacheFolder: string): Promise<void> {
  await rm(cacheFolder, { recursive: true, force: true });
  await mkdir(path.dirname(cacheFolder), { recursive: true });
  await rename(folder, cacheFolder);
}
