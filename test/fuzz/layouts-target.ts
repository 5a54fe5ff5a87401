import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { isAudioFile, listFiles } from "../../datasets/list-files.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { layoutCases } from "../datasets/layout-cases.ts";
import { fault, type FuzzFile, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";
import { mutateBytes } from "./mutate-bytes.ts";

const maxLine = 400;

/**
 * Folders as people keep them: published layouts with files renamed, moved, doubled and lost, tables damaged, encoded
 * otherwise or added. Each is read, or refused with a UserError of short lines; no file of it vanishes.
 */
export const layoutsTarget: FuzzTarget<readonly FuzzFile[]> = {
  maxMs: 60_000,
  maxMegabytes: 1500,
  loadSeeds: () => Promise.resolve(layoutCases.map(({ files }) => makeSeed(files))),
  mutate(seed, random) {
    let files = seed;
    for (let change = random.integer(4); change >= 0; change--) {
      if (files.length > 0) files = at(changes, random.integer(changes.length))(files, random);
    }
    return dropClashes(files);
  },
  async run(files) {
    const root = await mkdtemp(path.join(tmpdir(), "earshot-fuzz-"));
    try {
      for (const { path: name, bytes } of files) {
        await mkdir(path.dirname(path.join(root, name)), { recursive: true });
        await writeFile(path.join(root, name), bytes);
      }
      return await judge(root);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
  writeFiles: (files) => files,
};

function makeSeed(files: Readonly<Record<string, string | Uint8Array>>): FuzzFile[] {
  return Object.entries(files).map(([name, content]) => ({
    path: name,
    bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
  }));
}

async function judge(root: string): Promise<FuzzOutcome> {
  try {
    return await checkDataset(await readDataset(root));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = error.message.split("\n");
    const long = lines.find((line) => line.length > maxLine + root.length);
    if (long !== undefined) return fault(`a line of ${long.length} characters: ${long.slice(0, 80)}`);
    if (lines.length > 150) return fault(`a message of ${lines.length} lines`);
    return error.message.includes(path.basename(root)) || error.message.startsWith("--")
      ? { kind: "refused" }
      : fault(`a message without its subject: ${error.message.slice(0, 100)}`);
  }
}

/** Classes, folds and ids are sound, and every file is a clip, was used, or is counted among the unused. */
async function checkDataset(dataset: Dataset): Promise<FuzzOutcome> {
  const { clips, labels, root, layout, unused } = dataset;
  const folds = listFolds(clips);
  if (folds.length < 2 || folds.some((fold, index) => fold !== index + 1))
    return fault(`folds ${folds.join()}`);
  if (new Set(clips.map(({ id }) => id)).size < clips.length) return fault("an id twice");
  if (labels.length < 2 || labels.some((label) => label === "")) return fault(`classes ${labels.join()}`);
  const { files } = await listFiles(root);
  const own = new Set(clips.map(({ path: file }) => path.relative(root, file).replaceAll(path.sep, "/")));
  const rest = files.filter((file) => !own.has(file));
  const sounds = rest.filter(isAudioFile);
  const background = sounds.filter((file) => file.split("/").includes("_background_noise_")); // named in `layout`
  const namedSounds = countUnused(unused, "sound file");
  if (namedSounds > sounds.length || namedSounds < sounds.length - background.length) {
    return fault(`${sounds.length} sounds are no clips, ${namedSounds} are named (${layout.slice(0, 40)})`);
  }
  const others = rest.filter((file) => !isAudioFile(file));
  const named = countUnused(unused, "table") + countUnused(unused, "other file");
  const used = others.length - named;
  const isUsed =
    used === 0 || others.filter((file) => layout.includes(file) || /\.txt$/i.test(file)).length >= used;
  return used >= 0 && isUsed
    ? { kind: "accepted" }
    : fault(`${others.length} other files, ${named} are named`);
}

function countUnused(unused: readonly string[], noun: string): number {
  return unused.reduce((sum, line) => {
    const [, count] = new RegExp(`^(\\d+) ${noun}`).exec(line) ?? [];
    return count === undefined ? sum : sum + Number(count);
  }, 0);
}

type Change = (files: readonly FuzzFile[], random: Random) => readonly FuzzFile[];

const words = [
  ..."train test val fold1 fold02 audio data wavs dog cat 7 _background_noise_".split(" "),
  ..."dev_audio|Set.eval|Train|monday|=1+1|\u001b[31mred|a\nb|a'b\"c|Ünï 鳥|..x|-rf".split("|"),
  "x".repeat(200),
  ..." |%20|con|001 - Dog bark|meta|a,b|\u202egpj".split("|"),
];
const endings = ".wav|.WAV|.mp3|.m4a|.wma|.webm|.txt|.csv|.jsonl|.tsv|.xlsx||.wav.wav".split("|");
const tables = [
  "path,label\n",
  "file,class,fold\na.wav,dog,0\n",
  'fname,labels\n1,"a,b"\n',
  "file_name;label\n",
  '{"file_name":"a.wav","label":["a","b"]}\n',
  "0,0\t1,0\tdog\n",
  "1\t2\t\n",
  "\n\n",
  "a",
  "path\tlabel\tstart\tend\n../x\tdog\t0\t1\n/etc/passwd\tcat\t1,5\t2\n",
  "filename,target,filename\nx,1,2\n",
  "path,label,split\nx,y,sometimes\n",
  "# path,label\n",
  'path,label\n"x',
];

const changes: readonly Change[] = [
  // A file gets another name or another folder.
  (files, random) => change(files, random, (file) => ({ ...file, path: renamePart(file.path, random) })),
  (files, random) =>
    change(files, random, (file) => ({
      ...file,
      path: file.path.replace(/\.[^./]*$/, "") + pick(endings, random),
    })),
  (files, random) =>
    change(files, random, (file) => ({ ...file, path: `${pick(words, random)}/${file.path}` })),
  (files, random) => change(files, random, (file) => ({ ...file, path: path.posix.basename(file.path) })),
  // A folder gets another name, in all its files, or one is put around or taken away.
  (files, random) => {
    const folder = pick(files, random).path.split("/")[0];
    const word = pick(words, random);
    return files.map((file) =>
      file.path.startsWith(`${folder}/`)
        ? { ...file, path: `${word}${file.path.slice(folder?.length)}` }
        : file,
    );
  },
  (files, random) => {
    const word = pick(words, random);
    return files.map((file) => ({ ...file, path: `${word}/${file.path}` }));
  },
  (files) => files.map((file) => ({ ...file, path: file.path.split("/").slice(1).join("/") || file.path })),
  // Files are lost, doubled, emptied; only a few are left.
  (files, random) => files.filter(() => random.integer(10) > 0),
  (files, random) => files.slice(0, 1 + random.integer(files.length)),
  (files, random) => [
    ...files,
    { path: `${pick(words, random)}/copy.wav`, bytes: pick(files, random).bytes },
  ],
  (files, random) => change(files, random, (file) => ({ ...file, bytes: new Uint8Array() })),
  // A table is damaged, encoded otherwise, or added.
  (files, random) => changeTables(files, (bytes) => mutateBytes(bytes, random)),
  (files) =>
    changeTables(files, (bytes) => Buffer.from(`\ufeff${Buffer.from(bytes).toString("utf8")}`, "utf16le")),
  (files) =>
    changeTables(files, (bytes) =>
      Buffer.from(Buffer.from(bytes).toString("utf8").replaceAll(",", ";").replaceAll("\n", "\r\n")),
    ),
  (files, random) => changeTables(files, (bytes) => shuffleLines(bytes, random)),
  (files, random) => [
    ...files,
    {
      path: `${random.integer(2) === 0 ? "" : `${pick(words, random)}/`}${pick(["manifest", "metadata", "train", "x", "Label Track", "testing_list"], random)}${pick([".csv", ".jsonl", ".tsv", ".txt"], random)}`,
      bytes: Buffer.from(pick(tables, random)),
    },
  ],
];

function pick<Item>(items: readonly Item[], random: Random): Item {
  return at(items, random.integer(items.length));
}

function change(files: readonly FuzzFile[], random: Random, how: (file: FuzzFile) => FuzzFile): FuzzFile[] {
  const place = random.integer(files.length);
  const isOne = random.integer(2) === 0;
  return files.map((file, index) =>
    index === place || (!isOne && random.integer(4) === 0) ? how(file) : file,
  );
}

function renamePart(file: string, random: Random): string {
  const parts = file.split("/");
  parts[random.integer(parts.length)] = pick(words, random);
  return parts.join("/");
}

function changeTables(files: readonly FuzzFile[], how: (bytes: Uint8Array) => Uint8Array): FuzzFile[] {
  return files.map((file) => (isAudioFile(file.path) ? file : { ...file, bytes: how(file.bytes) }));
}

function shuffleLines(bytes: Uint8Array, random: Random): Uint8Array {
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  const place = random.integer(lines.length);
  const line = at(lines, place);
  const changed = pick(
    [
      `${line},`,
      line.replace(",", ",,"),
      line.toUpperCase(),
      "",
      `${line}\n${line}`,
      line.replaceAll("/", "\\"),
    ],
    random,
  );
  return Buffer.from(lines.map((own, index) => (index === place ? changed : own)).join("\n"));
}

/** Of names that a file system cannot have side by side (a file and a folder of one name), the first stays. */
function dropClashes(files: readonly FuzzFile[]): FuzzFile[] {
  const kept = new Map<string, FuzzFile>();
  const folders = new Set<string>();
  for (const file of files) {
    const parts = file.path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
    const name = parts.join("/");
    const parents = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
    const isLegal = parts.length > 0 && parts.every((part) => Buffer.byteLength(part) <= 255);
    if (!isLegal || kept.has(name) || folders.has(name) || parents.some((parent) => kept.has(parent)))
      continue;
    for (const parent of parents) folders.add(parent);
    kept.set(name, { ...file, path: name });
  }
  return [...kept.values()];
}
