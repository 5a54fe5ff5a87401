import { cp, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import {
  fileListName,
  listPageFiles,
  readPageFiles,
  serviceWorkerFile,
} from "../../web-demo/build/file-list.ts";
import { isSource } from "../program-folders.ts";
import { builtPageFolder, pageConfigFile } from "./serve-page.ts";

/**
 * Writes the demo as static files for any host, in place of what the folder holds.
 * @param prepared absolute; what `prepareDemo` put together
 */
export async function writeSite(prepared: string, out: string): Promise<void> {
  if (isSource) {
    const { build } = await import("vite");
    const options = { outDir: path.resolve(out) };
    await build({ configFile: pageConfigFile, publicDir: prepared, logLevel: "warn", build: options });
    return;
  }
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const folder of [builtPageFolder, prepared]) await cp(folder, out, { recursive: true });
  const file = path.join(out, serviceWorkerFile);
  const list = JSON.stringify(listPageFiles(readPageFiles(out)));
  await writeFileAtomically(file, (await readFile(file, "utf8")).replaceAll(fileListName, list));
}
