import type { ReadDatasetOptions } from "../../datasets/read-dataset.ts";

export type Files = Record<string, string | Uint8Array>;

export const names = ["bell", "hum", "whistle"];

/** A folder and what is read from it. */
export interface LayoutCase {
  readonly title: string;
  readonly files: Files;
  readonly options?: ReadDatasetOptions;
  readonly clips: number;
  readonly labels?: readonly string[];
  /** Classes of some clips, where they may have several. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  /** Folds of some clips, or of all that begin so. */
  readonly folds?: Readonly<Record<string, number>>;
  /** Sources of some clips. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly warns?: RegExp;
  readonly unused?: readonly string[];
}

/** Files with other bytes each. */
export function list(files: readonly string[]): Files {
  return Object.fromEntries(files.map((file) => [file, file]));
}

export function cross(...parts: readonly (readonly (string | number)[])[]): string[] {
  return parts.reduce<string[]>(
    (texts, own) => texts.flatMap((text) => own.map((part) => `${text}${part}`)),
    [""],
  );
}

const urbanFiles = Array.from({ length: 60 }, (_, index) => {
  const fold = 1 + (Math.floor(index / 3) % 10);
  return {
    name: `${1000 + Math.floor(index / 3)}-${index % 3}-0-${index}.wav`,
    fold,
    label: names[index % 3] ?? "",
  };
});
const urbanTable = [
  "slice_file_name,fsID,start,end,salience,fold,classID,class",
  ...urbanFiles.map(
    ({ name, fold, label }, index) =>
      `${name},${1000 + Math.floor(index / 3)},15.5,19.5,1,${fold},${index % 3},${label}`,
  ),
].join("\n");
export const urban: Files = {
  ...list(urbanFiles.map(({ name, fold }) => `audio/fold${fold}/${name}`)),
  "metadata/UrbanSound8K.csv": urbanTable,
};
export const flat = cross(names, ["_"], ["ada", "ben", "cyd"], ["_"], [0, 1, 2], [".wav"]);
export const kaggle = cross(["audio_train/"], names, [0, 1, 2, 3, 4], [".wav"]);
export const labelled = (files: readonly string[], head: string, separator = ",") =>
  [
    head,
    ...files.map((file) => `${file}${separator}${names.find((name) => file.includes(name)) ?? ""}`),
  ].join("\n");
export const bare = cross(names, [0, 1, 2, 3], [".wav"]);
export const utf16 = (text: string): Uint8Array =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
export const track = Array.from(
  { length: 24 },
  (_, index) => `${index},000000\t${index + 1},000000\t${names[index % 3] ?? ""}\n`,
).join("");
export const speech = cross(names, ["/"], ["a0", "b1", "c2", "d3"], ["_nohash_"], [0, 1], [".wav"]);
export const speechLists = {
  "testing_list.txt": speech.filter((file) => file.includes("a0_")).join("\n"),
  "validation_list.txt": speech.filter((file) => file.includes("b1_")).join("\r\n"),
};
