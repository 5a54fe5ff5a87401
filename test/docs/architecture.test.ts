import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { projectFolder } from "../../setup/run-tool.ts";

/** Rooms whose sub-folders the page does not list, and folders that are made by programs. */
const unlisted = ["test", "benchmarks"];
const generated = /(^|\/)(dist|node_modules|__pycache__)(\/|$)/;

it("lists every sub-folder of every room in docs/architecture.md", async () => {
  const page = await readFile(path.join(projectFolder, "docs", "architecture.md"), "utf8");
  const [rooms, subRooms] = ["## Rooms", "## Sub-rooms"].map((heading) => readFirstColumn(page, heading));
  const found = await Promise.all(
    (rooms ?? []).filter((room) => !unlisted.includes(room)).map(listSubFolders),
  );
  expect(subRooms).toEqual(found.flat().sort());
});

it("names only files of source that exist in docs/ and in the READMEs of the rooms", async () => {
  const page = await readFile(path.join(projectFolder, "docs", "architecture.md"), "utf8");
  const rooms = readFirstColumn(page, "## Rooms");
  const inRooms = await Promise.all([...rooms, "examples"].map(listFiles));
  const files = ["CONTRIBUTING.md", ...(await listFiles("docs")), ...inRooms.flat()];
  const pages = files.filter((file) => file.endsWith(".md"));
  const missing = await Promise.all(
    pages.map(async (file) => {
      const text = await readFile(path.join(projectFolder, file), "utf8");
      const named = [...text.matchAll(/`(?<name>[\w-][\w./-]*\.tsx?)`/g)].flatMap(
        ({ groups }) => groups?.name ?? [],
      );
      return named
        .filter((name) => !files.some((other) => `/${other}`.endsWith(`/${name}`)))
        .map((name) => `${file}: ${name}`);
    }),
  );
  expect(missing.flat()).toEqual([]);
});

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(projectFolder, folder), { recursive: true });
  return entries
    .map((entry) => `${folder}/${entry.split(path.sep).join("/")}`)
    .filter((file) => !generated.test(file));
}

/** The folders that the table below a heading names. */
function readFirstColumn(page: string, heading: string): string[] {
  const start = page.indexOf(`${heading}\n`);
  const section = page.slice(start, page.indexOf("\n## ", start + 1));
  return [...section.matchAll(/^\| `(?<folder>.+)\/` /gm)].map(({ groups }) => groups?.folder ?? "");
}

async function listSubFolders(room: string): Promise<string[]> {
  const entries = await readdir(path.join(projectFolder, room), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(projectFolder, path.join(entry.parentPath, entry.name)))
    .map((folder) => folder.split(path.sep).join("/"))
    .filter((folder) => !generated.test(folder));
}
