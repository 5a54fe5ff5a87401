import { readEsc10Folders } from "./read-esc10-folders.ts";
import { readEsc50Repository } from "./read-esc50-repository.ts";
import { readFlatNames } from "./read-flat-names.ts";
import { readFolderPerClass } from "./read-folder-per-class.ts";
import { readLabelTracks } from "./read-label-tracks.ts";
import { readManifest } from "./read-manifest.ts";
import type { LayoutName, Reader } from "./reader.ts";

/** Layouts that one file describes, so that it may be given in place of its folder. */
export const singleFileLayouts: readonly LayoutName[] = ["manifest", "label-tracks"];

/** One reader per layout, with what it expects for the message when no layout fits. */
export const layouts: Record<LayoutName, { readonly expects: string; readonly read: Reader }> = {
  "esc50-repository": {
    expects: "meta/esc50.csv and audio/*.wav, as in the ESC-50 repository",
    read: readEsc50Repository,
  },
  "esc10-folders": {
    expects: 'folders such as "001 - Dog bark" with clips such as 1-100032-A.ogg',
    read: readEsc10Folders,
  },
  manifest: {
    expects:
      "a table (.csv, .tsv, .jsonl) with columns path, label and, if wanted, fold, split, group, start, end (seconds)",
    read: readManifest,
  },
  "label-tracks": {
    expects: "long recordings with Audacity label tracks beside them: garden.wav and garden.txt",
    read: readLabelTracks,
  },
  "folder-per-class": {
    expects: "a folder for each class: dog/x.wav, cat/y.wav",
    read: readFolderPerClass,
  },
  names: {
    expects: "files whose names say their class: 7_ada_0.wav with --name-pattern '{class}_{group}_*'",
    read: readFlatNames,
  },
};
