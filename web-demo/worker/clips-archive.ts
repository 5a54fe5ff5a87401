import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import { PageError } from "./messages.ts";
import type { ArchiveEntry } from "./teach-protocol.ts";
import { describeError } from "../../common/describe-error.ts";

const readme = `Sounds taught in earshot's page: one folder a class.
Unpacked, \`npx earshot start <folder>\` trains on them; the page opens the archive again as it is.
`;

/** Sounds as an archive, one folder a class: what training takes, unpacked. */
export async function packArchive(entries: readonly ArchiveEntry[]): Promise<Blob> {
  const files: Zippable = { "README.txt": strToU8(readme) };
  for (const [index, { className, name, sound }] of entries.entries()) {
    const number = String(index + 1).padStart(4, "0"); // no two sounds of a class have one name
    const content = new Uint8Array(await sound.arrayBuffer());
    files[`${toFileName(className)}/${number} ${toFileName(name)}.wav`] = [content, { level: 0 }];
  }
  return new Blob([new Uint8Array(zipSync(files))], { type: "application/zip" });
}

/** The sounds of an archive that has one folder a class. @throws PageError `bad-archive` */
export async function unpackArchive(archive: Blob, name: string): Promise<ArchiveEntry[]> {
  const files = readZip(new Uint8Array(await archive.arrayBuffer()), name);
  const entries = Object.entries(files).map(([file, content]) => {
    const [own = "", className = ""] = file.split("/").toReversed();
    const sound = new Blob([new Uint8Array(content)]);
    return { className, name: own.replace(/^\d{4} |\.[^.]+$/g, ""), sound };
  });
  if (entries.length === 0)
    throw new PageError("bad-archive", `${name}: expected sounds in folders, one a class, got none`);
  return entries;
}

function readZip(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name: file }) => isSound(file) });
  } catch (error) {
    const reason = describeError(error);
    throw new PageError("bad-archive", `${name}: expected a zip archive: ${reason}`);
  }
}

function isSound(file: string): boolean {
  return /^[^/].*\/[^/]+\.(wav|flac|mp3|ogg|opus|webm)$/i.test(file) && !file.startsWith("__MACOSX/");
}

/** Without what file systems forbid. */
function toFileName(text: string): string {
  return text.replaceAll(/[\\/:*?"<>|]/g, "-").trim() || "sound";
}
