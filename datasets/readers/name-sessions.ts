import { groupBy } from "../folds/group-by.ts";

interface PlacedFile {
  readonly file: string;
  readonly label: string;
  /** Folders below the class. */
  readonly below: readonly string[];
}

/**
 * Recordings of files whose folders below the class are sessions or speakers (`dog/monday/1.wav`), for the case that
 * this is sure: nearly all files lie in such a folder, each class has several, and they hold several files. A name that
 * several classes have is one recording, unless it is only a number.
 * @returns the recording of each file; empty when folders do not say
 */
export function nameSessions(files: readonly PlacedFile[]): Map<string, string> {
  const inFolders = files.filter(({ below }) => below.length > 0);
  if (inFolders.length === 0 || inFolders.length < 0.8 * files.length) return new Map();
  const classes = [...groupBy(inFolders, ({ label }) => label).values()];
  const counts = classes.map((own) => new Set(own.map(({ below }) => below.join("/"))).size);
  const sessions = counts.reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => count < 2) || sessions > inFolders.length / 2) return new Map();
  return new Map(
    inFolders.map(({ file, label, below }) => {
      const name = below.join("/");
      return [file, /^\d+$/.test(name) ? `${label}/${name}` : name];
    }),
  );
}
