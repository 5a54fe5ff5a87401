import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The real ESC-10, where the checkout has it beside it; tests of real clips are skipped without. */
export const realClipsRoot = join(import.meta.dirname, "../../../shared/esc10");

export interface RealClip {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const hasRealClips = existsSync(realClipsRoot);

/** Every `stride`-th of the 400 clips, so that each class is met. */
export function readRealClips(stride: number): RealClip[] {
  return readdirSync(realClipsRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(realClipsRoot, entry.name)).map((file) => join(entry.name, file)))
    .sort()
    .filter((_, index) => index % stride === 0)
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(realClipsRoot, name))) }));
}
