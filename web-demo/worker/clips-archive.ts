import { strToU8, unzipSync, Zip, ZipPassThrough } from "fflate";
import { PageError } from "./messages.ts";
import type { ArchiveEntry } from "./teach-protocol.ts";
import { describeError } from "../../common/describe-error.ts";

const readme = `Sounds taught in earshot's page: one folder a class.
Unpacked, \`npx earshot start <folder>\` trains on them; the page opens the archive again as it is.
`;

/**
 * Sounds as an archive, one folder a class: what training takes, unpacked. Never all of them in memory: they may be
 * gigabytes.
 */
export async function packArchive(entries: readonly ArchiveEntry[]): Promise<Blob> {
  const parts: Blob[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    parts.push(new Blob([new Uint8Array(chunk)]));
  });
  const add = (name: string, content: Uint8Array): void => {
    const file = new ZipPassThrough(name); // sounds hardly get smaller
    zip.add(file);
    file.push(content, true);
  };
  add("README.txt", strToU8(readme));
  for (const [index, { className, name, sound }] of entries.entries()) {
    const number = String(index + 1).padStart(4, "0"); // no two sounds of a class have one name
    const content = new Uint8Array(await sound.arrayBuffer());
    add(`${toFileName(className)}/${number} ${toFileName(name)}.wav`, content);
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}

/** Sounds that are unpacked in one go. */
const soundsPerPass = 200;

/** The sounds of an archive that has one folder a class. @throws PageError `bad-archive` */
export async function unpackArchive(archive: Blob, name: string): Promise<ArchiveEntry[]> {
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const names: string[] = [];
  readZip(bytes, name, (file) => {
    if (isSound(file)) names.push(file);
    return false;
  });
  if (names.length === 0)
    throw new PageError("bad-archive", `${name}: expected sounds in folders, one a class, got none`);
  const entries: ArchiveEntry[] = [];
  for (let begin = 0; begin < names.length; begin += soundsPerPass) {
    const wanted = new Set(names.slice(begin, begin + soundsPerPass));
    for (const [file, content] of Object.entries(readZip(bytes, name, (other) => wanted.has(other)))) {
      const [own = "", className = ""] = file.split("/").toReversed();
      const sound = new Blob([new Uint8Array(content)]);
      entries.push({ className, name: own.replace(/^\d{4} |\.[^.]+$/g, ""), sound });
    }
  }
  return entries;
}

function readZip(
  bytes: Uint8Array,
  name: string,
  isWanted: (file: string) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name: file }) => isWanted(file) });
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
