/** What ESC's file names say: `1-100032-A-0.wav` is take A of Freesound clip 100032, in fold 1. */
export interface EscClipName {
  readonly fold: number;
  readonly source: string;
}

/** @param name file name without folders; `undefined` when it is none of ESC's */
export function parseEscClipName(name: string): EscClipName | undefined {
  const groups = /^(?<fold>[1-9])-(?<source>\d+)-[A-Z](?:-\d+)?\.\w+$/.exec(name)?.groups;
  if (groups?.fold === undefined || groups.source === undefined) return undefined;
  return { fold: Number(groups.fold), source: groups.source };
}
