import type { Clip } from "../dataset.ts";
import type { FolderListing } from "../list-files.ts";

/** A clip as a reader found it; layouts without folds leave them to `assignFolds`. */
export type FoundClip = Omit<Clip, "fold"> & { readonly fold?: number };

export interface Reading {
  /** What in the folder spoke for this layout, e.g. `10 folders named like "001 - Dog bark"`. */
  readonly why: string;
  readonly clips: readonly FoundClip[];
  /** See `Dataset`; default false. */
  readonly trimsLongClips?: boolean;
  /** Everything that is wrong, one line each: nothing is read as long as there is any. */
  readonly problems: readonly string[];
}

export interface ReaderOptions {
  /** Of the ESC-50 repository: its ten-class subset (default) or all 50 classes. */
  readonly subset?: "esc10" | "all";
  /**
   * Which files belong to one recording, where the layout does not say: a regular expression over the path inside
   * the data set, whose first group names the recording, e.g. `(.*)_take\d+`.
   */
  readonly groupBy?: string;
}

/** Reads one layout; `undefined` says that the folder is not of this layout. */
export type Reader = (listing: FolderListing, options: ReaderOptions) => Promise<Reading | undefined>;
