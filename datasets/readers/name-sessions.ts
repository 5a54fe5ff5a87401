import { groupBy } from "../folds/group-by.ts";

interface PlacedFile {
  readonly file: string;
  readonly label: string;
  /** Folders below the class. */
  readonly below: readonly string[];
}

export interface Sessions {
  /** The recording of each file; empty when folders do not say. */
  readonly recordings: ReadonlyMap<string, string>;
  /** A warning, where folders may be recordings, but this is not sure. */
  readonly suggestion?: string;
}

/**
 * Recordings of files whose folders below the class are sessions or speakers (`dog/monday/1.wav`), for the case that
 * this is sure: nearly all files lie in such a folder, each class has several, and they hold several files. A name that
 * several classes have is one recording, unless it is only a number.
 */
export function nameSessions(files: readonly PlacedFile[]): Sessions {
  const inFolders = files.filter(({ below }) => below.length > 0);
  const classes = [...groupBy(inFolders, ({ label }) => label).values()];
  const counts = classes.map((own) => new Set(own.map(({ below }) => below.join("/"))).size);
  const sessions = counts.reduce((sum, count) => sum + count, 0);
  const haveSeveralFiles = sessions > 0 && sessions <= inFolders.length / 2;
  const isSure = inFolders.length >= 0.8 * files.length && counts.every((count) => count >= 2);
  if (!haveSeveralFiles) return { recordings: new Map() };
  if (!isSure) {
    const names = [...new Set(inFolders.map(({ below }) => below.join("/")))].slice(0, 3).join(", ");
    const suggestion = `folders below the classes (${names}): if they are recordings or speakers, accuracy is inflated; --group-by '^(.*)/' keeps each in one fold`;
    return { recordings: new Map(), suggestion };
  }
  const recordings = new Map(
    inFolders.map(({ file, label, below }) => {
      const name = below.join("/");
      return [file, /^\d+$/.test(name) ? `${label}/${name}` : name];
    }),
  );
  return { recordings };
}
