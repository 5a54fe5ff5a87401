import type { SpawnOptions } from "node:child_process";

interface ChildEnding {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function runChild(
  program: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<ChildEnding>;
export function exitLike(ending: ChildEnding): void;
