/** What the built page consists of; build/offline.ts puts its content in. */
export interface FileList {
  /** Changes when any file does. */
  readonly version: string;
  /** Addresses relative to the page, the page itself as `./`. */
  readonly files: string[];
}

declare const __EARSHOT_FILES__: FileList;

export function describeFiles(): FileList {
  return __EARSHOT_FILES__;
}
