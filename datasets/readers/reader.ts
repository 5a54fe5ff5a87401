import type { Clip } from "../dataset.ts";
import type { FolderListing } from "../list-files.ts";
import type { SplitPart } from "./structural-names.ts";

/** Names of the layouts, in the order in which they are tried. */
export const layoutNames = [
  "esc50-repository",
  "esc10-folders",
  "manifest",
  "label-tracks",
  "folder-per-class",
  "names",
] as const;

export type LayoutName = (typeof layoutNames)[number];

/** A clip as a reader found it; layouts without folds leave them to `assignFolds`, or give the part of a split. */
export type FoundClip = Omit<Clip, "fold"> & { readonly fold?: number; readonly split?: SplitPart };

export interface Reading {
  /** What in the folder spoke for this layout, e.g. `10 folders named like "001 - Dog bark"`. */
  readonly why: string;
  readonly clips: readonly FoundClip[];
  /** See `Dataset`; default false. */
  readonly trimsLongClips?: boolean;
  /** Everything that is wrong, one line each: nothing is read as long as there is any. */
  readonly problems: readonly string[];
  /** What the user should know though it stops nothing. */
  readonly warnings?: readonly string[];
  /** Files that were read beside the clips, such as tables, or are left out on purpose, which `why` says. */
  readonly used?: readonly string[];
}

export interface ReaderOptions {
  /** The layout that the user forced. */
  readonly layout?: LayoutName;
  /** Of the ESC-50 repository: its ten-class subset (default) or all 50 classes. */
  readonly subset?: "esc10" | "all";
  /**
   * Which files belong to one recording, where the layout does not say: a regular expression over the path inside
   * the data set, whose first group names the recording, e.g. `(.*)_take\d+`.
   */
  readonly groupBy?: string;
  /** How file names say class and recording, e.g. `{class}_{group}_*`: see `read-flat-names.ts`. */
  readonly namePattern?: string;
  /** Whether a clip may have several classes, or none: its label cell is a list. */
  readonly multiLabel?: boolean;
  /** Whether a table may name files outside of the folder. */
  readonly allowOutside?: boolean;
}

/** Reads one layout; `undefined` says that the folder is not of this layout. */
export type Reader = (listing: FolderListing, options: ReaderOptions) => Promise<Reading | undefined>;
