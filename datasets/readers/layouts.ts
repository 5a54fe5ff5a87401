import { readEsc10Folders } from "./read-esc10-folders.ts";
import { readEsc50Repository } from "./read-esc50-repository.ts";
import { readFlatNames } from "./read-flat-names.ts";
import { readFolderPerClass } from "./read-folder-per-class.ts";
import { readLabelTracks } from "./read-label-tracks.ts";
import { readManifest } from "./read-manifest.ts";
import type { LayoutName, Reader } from "./reader.ts";

/** Layouts that one file describes, so that it may be given in place of its folder. */
export const singleFileLayouts: readonly LayoutName[] = ["manifest", "label-tracks"];

interface Layout {
  /** What the message says that this layout was asked for and does not fit. */
  readonly expects: string;
  /** The same in a few words, for the message when no layout fits. */
  readonly example: string;
  readonly read: Reader;
}

/** One reader per layout. */
export const layouts: Record<LayoutName, Layout> = {
  "esc50-repository": {
    expects: "meta/esc50.csv and audio/*.wav, as in the ESC-50 repository",
    example: "meta/esc50.csv",
    read: readEsc50Repository,
  },
  "esc10-folders": {
    expects: 'folders such as "001 - Dog bark" with clips such as 1-100032-A.ogg',
    example: "001 - Dog bark/",
    read: readEsc10Folders,
  },
  manifest: {
    expects:
      "a table (.csv, .tsv, .jsonl) with columns path, label and, if wanted, fold, split, group, start, end (seconds)",
    example: "a table with path and label",
    read: readManifest,
  },
  "label-tracks": {
    expects: "long recordings with Audacity label tracks beside them: garden.wav and garden.txt",
    example: "Audacity labels",
    read: readLabelTracks,
  },
  "folder-per-class": {
    expects: "a folder for each class: dog/x.wav, cat/y.wav",
    example: "dog/x.wav",
    read: readFolderPerClass,
  },
  names: {
    expects: "files whose names say their class: 7_ada_0.wav with --name-pattern '{class}_{group}_*'",
    example: "dog_1.wav with --name-pattern",
    read: readFlatNames,
  },
};
