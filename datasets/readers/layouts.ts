import { readEsc10Folders } from "./read-esc10-folders.ts";
import { readEsc50Repository } from "./read-esc50-repository.ts";
import type { Reader } from "./reader.ts";

/** Names of the layouts, in the order in which they are tried. */
export const layoutNames = ["esc50-repository", "esc10-folders"] as const;

export type LayoutName = (typeof layoutNames)[number];

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
};
