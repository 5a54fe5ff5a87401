import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The real ESC-10, where the checkout has it beside it; tests of real clips are skipped without. */
const root = join(import.meta.dirname, "../../../shared/esc10");

export interface RealClip {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const hasRealClips = existsSync(root);

/** Every `stride`-th of the 400 clips, so that each class is met. */
export function readRealClips(stride: number): RealClip[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(root, entry.name)).map((file) => join(entry.name, file)))
    .sort()
    .filter((_, index) => index % stride === 0)
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(root, name))) }));
}
