import path from "node:path";
import { groupBy } from "../folds/group-by.ts";
import { isAudioFile, type FolderListing } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import type { ReaderOptions, Reading } from "./reader.ts";

const partNames = ["train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval"];

/**
 * A folder for each class: `dog/x.wav`, also deeper (`dog/park/x.wav`). A folder around all classes is looked
 * through. Folds are made later, by recording.
 */
export function readFolderPerClass(
  listing: FolderListing,
  options: ReaderOptions,
): Promise<Reading | undefined> {
  const audio = listing.files.filter(isAudioFile);
  const depth = countSharedFolders(audio);
  const classOf = (file: string): string => file.split("/").slice(depth, -1)[0] ?? "";
  const byClass = groupBy(audio, classOf);
  const outside = byClass.get("") ?? [];
  byClass.delete("");
  if (byClass.size === 0) return Promise.resolve(undefined);
  const nameRecording = createRecordingNamer(options.groupBy);
  const clips = [...byClass].flatMap(([label, files]) =>
    files.map((id) => ({ id, path: path.join(listing.root, id), label, source: nameRecording(id) })),
  );
  const problems = outside.map((file) => `${file}: expected to lie in the folder of a class`);
  const parts = [...byClass.keys()].filter((label) => partNames.includes(label.toLowerCase()));
  if (parts.length === byClass.size) {
    problems.push(`expected a folder for each class, got the parts of a split: ${parts.join(", ")}`);
  }
  const why = `${byClass.size} folders with ${clips.length} audio files, each folder taken as a class`;
  return Promise.resolve({ why, clips, problems });
}

/** How many folders all files lie in together, above the folders of the classes. */
function countSharedFolders(files: readonly string[]): number {
  const folders = files.map((file) => file.split("/").slice(0, -1));
  let depth = 0;
  for (;;) {
    const names = new Set(folders.map((names) => names[depth]));
    const hasClassesBelow = folders.every((names) => names.length > depth + 1);
    if (names.size !== 1 || !hasClassesBelow) return depth;
    depth++;
  }
}
