import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
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
 * @param address where the folder will be served, for previews of links to it
 */
export async function writeSite(prepared: string, out: string, address?: URL): Promise<void> {
  if (!isSource) {
    await joinSite(builtPageFolder, prepared, out, address);
    return;
  }
  const page = await mkdtemp(path.join(tmpdir(), "earshot-page-"));
  try {
    await buildPage(page);
    await joinSite(page, prepared, out, address);
  } finally {
    await rm(page, { recursive: true, force: true });
  }
}

/** Builds the page from its sources, without a model: what the package holds. */
export async function buildPage(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({ configFile: pageConfigFile, logLevel: "warn", build: { outDir } });
}

/** Joins a built page with a model, and lists all files for the service worker. @param out as for `writeSite` */
export async function joinSite(page: string, prepared: string, out: string, address?: URL): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const folder of [page, prepared]) await cp(folder, out, { recursive: true });
  if (address !== undefined) await nameAddress(out, address);
  const file = path.join(out, serviceWorkerFile);
  const list = JSON.stringify(listPageFiles(readPageFiles(out)));
  await writeFileAtomically(file, (await readFile(file, "utf8")).replaceAll(fileListName, list));
}

/** What previews links (chats, social networks) takes no relative address of a picture (https://ogp.me). */
async function nameAddress(out: string, address: URL): Promise<void> {
  const file = path.join(out, "index.html");
  const html = await readFile(file, "utf8");
  const picture = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1];
  if (picture === undefined) throw new Error(`${file}: expected a picture for previews, found none`);
  const absolute = html.replace(`"${picture}"`, `"${new URL(picture, address).href}"`);
  const own = `<meta property="og:url" content="${address.href}" />`;
  await writeFileAtomically(file, absolute.replace("</title>", `</title>\n    ${own}`));
}
