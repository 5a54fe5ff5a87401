import { homedir } from "node:os";
import path from "node:path";

/** Whether this is the repository, run from its sources; else the compiled package, in any folder. */
export const isSource = import.meta.url.endsWith(".ts");

/** The folder of package.json: compiled, all modules lie flat in dist/tool/. */
export const programFolder = path.join(import.meta.dirname, isSource ? ".." : "../..");

/** What can be made or downloaded again: may be deleted at any time. In the repository beside the runs. */
export const cacheFolder = isSource ? ".cache" : findCacheFolder(process.platform, process.env, homedir());

/** Features and embeddings of all runs. */
export const featureFolder = path.join(cacheFolder, "features");

/**
 * The folder that `EARSHOT_CACHE` names, else the platform's usual one (XDG Base Directory Specification; Apple's File
 * System Programming Guide; Windows' local application data).
 */
export function findCacheFolder(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const { EARSHOT_CACHE: chosen, LOCALAPPDATA: local, XDG_CACHE_HOME: xdg } = environment;
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  if (platform === "win32")
    return path.join(local ?? path.join(home, "AppData", "Local"), "earshot", "Cache");
  if (platform === "darwin") return path.join(home, "Library", "Caches", "earshot");
  // The specification: relative paths are invalid, and to be ignored.
  const root = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
  return path.join(root, "earshot");
}
