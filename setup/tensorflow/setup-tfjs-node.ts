// Sets up the native TensorFlow of tfjs-node: `npm run setup:tfjs-node`. Tried in order: what is there; what an earlier
// run left in .cache/tfjs-node; tfjs-node's own download; the Python wheel, with the addon compiled here.
import { readFileSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { holdLock } from "../folder-lock.mjs";
import { projectFolder } from "../run-tool.ts";
import { addonName, compileAddon, fetchAddon } from "./build-addon.ts";
import { fetchLibraryArchive, fetchLibraryWheel } from "./fetch-library.ts";
import { describeCompilerInstall, findCompiler } from "./find-compiler.ts";
import { type LoadResult, loadTfjsNode } from "./load-tfjs-node.ts";
import { isCached, keepLibrary, moveIntoCache, placeLibrary, type Placement } from "./place-library.ts";
import { findPlatform, type Platform } from "./platforms.ts";
import { useWorkFolder } from "../work-folder.ts";
import { describeError } from "../../common/describe-error.ts";

const platformName = `${process.platform}-${process.arch}`;
const packageFolder = path.join(projectFolder, "node_modules", "@tensorflow", "tfjs-node");
const tfjsVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"))).version;
const cacheRoot = path.join(projectFolder, ".cache", "tfjs-node");
const workFolder = path.join(cacheRoot, "work");
const placement: Placement = {
  packageFolder,
  cacheFolder: path.join(cacheRoot, `${tfjsVersion}-${platformName}`),
};

/** A way to a library with its addon in a folder of the work folder; throws when it is barred. */
interface Way {
  readonly name: string;
  readonly take: (folder: string) => Promise<void>;
}

function listWays(platform: Platform): Way[] {
  const compiler = findCompiler();
  const compile = async (folder: string) => {
    if (compiler === undefined) throw new Error(describeCompilerInstall());
    await compileAddon(compiler, folder, packageFolder, path.join(folder, "addon", addonName));
  };
  const { library, prebuiltAddon, wheel } = platform;
  const ways: Way[] = [
    {
      name: "tfjs-node's own download",
      take: async (folder) => {
        // Nothing of 100 MB is fetched that could not be used.
        if (compiler === undefined && prebuiltAddon === undefined) throw new Error(describeCompilerInstall());
        await fetchLibraryArchive(library, folder, workFolder);
        if (compiler === undefined && prebuiltAddon !== undefined) {
          await fetchAddon(prebuiltAddon, path.join(folder, "addon", addonName), workFolder);
        } else {
          await compile(folder);
        }
      },
    },
  ];
  if (wheel !== undefined) {
    ways.push({
      name: "the Python wheel",
      take: async (folder) => {
        if (compiler === undefined) throw new Error(describeCompilerInstall());
        await fetchLibraryWheel(wheel, folder, workFolder);
        await compile(folder);
      },
    });
  }
  return ways;
}

type Loaded = Extract<LoadResult, { loads: true }>;

async function setUp(force: boolean): Promise<Loaded> {
  const problems: string[] = [];
  if (!force) {
    const present = loadTfjsNode();
    if (present.loads) {
      if (!isCached(placement)) await keepLibrary(placement, workFolder);
      return present;
    }
    if (isCached(placement)) {
      const cached = await tryCached();
      if (cached.loads) return cached;
      problems.push(`the copy in .cache/tfjs-node: ${cached.problem}`);
    }
  }
  const platform = findPlatform(platformName, tfjsVersion);
  if (platform === undefined) throw new Error(`there is no TensorFlow library for ${platformName}`);
  console.error(`tfjs-node: setting up TensorFlow's native library, 600 MB on disk ...`);
  for (const way of listWays(platform)) {
    const folder = path.join(workFolder, "library");
    await rm(folder, { recursive: true, force: true });
    try {
      await way.take(folder);
    } catch (error) {
      const problem = `${way.name}: ${describeError(error)}`;
      console.error(`  ${problem}`);
      problems.push(problem);
      continue;
    }
    await rm(path.join(folder, "include"), { recursive: true, force: true });
    await moveIntoCache(folder, placement.cacheFolder);
    const result = await tryCached();
    if (result.loads) return result;
    problems.push(`${way.name}: ${result.problem}`);
  }
  throw new Error(problems.join("; "));
}

/** A library that does not load is of no use to the next run either. */
async function tryCached(): Promise<LoadResult> {
  await placeLibrary(placement);
  const result = loadTfjsNode();
  if (!result.loads) await rm(placement.cacheFolder, { recursive: true, force: true });
  return result;
}

const quietWhenReady = process.argv.includes("--quiet-when-ready");
try {
  await holdLock(
    path.join(projectFolder, ".cache", "locks", "tfjs-node"),
    "setting up tfjs-node",
    async () => {
      const begin = Date.now();
      await mkdir(workFolder, { recursive: true });
      const { tfjs, tensorflow } = await useWorkFolder(workFolder, () =>
        setUp(process.argv.includes("--force")),
      );
      writeFileSync(
        path.join(packageFolder, "lib", "verified.json"),
        JSON.stringify({ node: process.version, tfjs, tensorflow }),
      );
      const seconds = Math.round((Date.now() - begin) / 1000);
      if (!quietWhenReady || seconds > 5) {
        console.error(`tfjs-node ${tfjs}: ready, TensorFlow ${tensorflow} (${seconds} s)`);
      }
    },
  );
} catch (error) {
  console.error(`tfjs-node: not set up: ${describeError(error)}`);
  process.exitCode = 1;
}
