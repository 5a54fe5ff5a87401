import path from "node:path";
import { at } from "../../common/at.ts";
import { isSource, programFolder } from "../program-folders.ts";
import { serveFolders, type FolderServer } from "./serve-folders.ts";

/** Vite's description of the page, in the repository. */
export const pageConfigFile = path.join(programFolder, "web-demo", "vite.config.ts");

/** The page as the package holds it: built, without a model. */
export const builtPageFolder = path.join(programFolder, "dist", "page");

/**
 * Serves the pages of web-demo/: from their sources by Vite in the repository, else as they were built.
 * @param folder absolute; is served beside the pages
 */
export async function servePage(
  folder: string,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<FolderServer> {
  if (!isSource) return await serveFolders([folder, builtPageFolder], { host, port });
  const { createServer } = await import("vite");
  const server = await createServer({
    configFile: pageConfigFile,
    publicDir: folder,
    logLevel: "error",
    server: { host, port, hmr: false, watch: null },
  });
  await server.listen();
  return { address: at(server.resolvedUrls?.local ?? [], 0), close: () => server.close() };
}
