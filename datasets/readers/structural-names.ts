/** The parts that an official split has. */
export type SplitPart = "train" | "validation" | "test";

/** What a folder's name says about the clips below it, where it names no class. */
export interface StructuralName {
  readonly split?: SplitPart;
  readonly fold?: number;
  /** A speaker, session or device, whose clips are one recording. */
  readonly group?: string;
}

const splitWords = new Map<string, SplitPart>([
  ["train", "train"],
  ["training", "train"],
  ["trn", "train"],
  ["val", "validation"],
  ["valid", "validation"],
  ["validation", "validation"],
  ["validate", "validation"],
  ["dev", "validation"],
  ["development", "validation"],
  ["test", "test"],
  ["testing", "test"],
  ["tst", "test"],
  ["eval", "test"],
  ["evaluation", "test"],
  ["holdout", "test"],
]);

/** Words for a folder of files, whatever is in them. */
const containerWords = new Set([
  ...["audio", "audios", "sound", "sounds", "wav", "wavs", "wave", "mp3", "flac", "ogg", "clip", "clips"],
  ...["data", "dataset", "datasets", "set", "file", "files", "recording", "recordings", "sample", "samples"],
  ...["raw", "segment", "segments", "split", "splits", "fold", "folds", "all", "curated", "noisy"],
]);

/** `Actor_07`, `speaker 3`, `session-2`: who or when, never what. */
const groupName =
  /^(?:actor|speaker|spk|subject|subj|user|participant|person|patient|session|sess|day|device|mic|room|site)[ _.-]?\d+$/i;

const foldName = /^(?:fold|folds|cv|split|set)[ _.-]?0*(\d+)$/i;

/**
 * Whether a folder's name is one that data sets give to parts and containers (`train`, `audio_test`, `fold3`, `wavs`),
 * so that it is no class unless the user says so.
 *
 *     readStructuralName("audio_train"); // { split: "train" }
 *     readStructuralName("fold10");      // { fold: 10 }
 *     readStructuralName("Actor_07");    // { group: "Actor_07" }
 *     readStructuralName("wav");         // {}
 *     readStructuralName("dog");         // undefined
 *
 * @returns undefined for a name that may be a class
 */
export function readStructuralName(name: string): StructuralName | undefined {
  const fold = foldName.exec(name.trim())?.[1];
  if (fold !== undefined && Number(fold) >= 1) return { fold: Number(fold) };
  if (groupName.test(name.trim())) return { group: name.trim() };
  const words = name
    .toLowerCase()
    .split(/[ _.\-()]+/)
    .filter((word) => word !== "");
  if (words.length === 0) return undefined;
  const splits = new Set(words.flatMap((word) => splitWords.get(word) ?? []));
  const isStructural = words.every(
    (word) => splitWords.has(word) || containerWords.has(word) || /^\d+k?$/.test(word),
  );
  const isNumber = words.every((word) => /^\d+k?$/.test(word)); // digits are classes of spoken numbers
  if (!isStructural || isNumber || splits.size > 1) return undefined;
  const [split] = splits;
  return split === undefined ? {} : { split };
}

/** The part that a word of a table or a file's name stands for: `train`, `eval`, `Validation`. */
export function readSplitWord(word: string): SplitPart | undefined {
  return splitWords.get(word.trim().toLowerCase());
}

/** What all folders of a file say together, the inner ones in the first place. */
export function readFolderNames(file: string): StructuralName {
  const meanings = file
    .split("/")
    .slice(0, -1)
    .flatMap((folder) => readStructuralName(folder) ?? []);
  return meanings.reduce<StructuralName>((known, meaning) => ({ ...known, ...meaning }), {});
}
