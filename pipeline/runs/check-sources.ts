import type { Clip } from "../../datasets/dataset.ts";
import { UserError } from "../../common/user-error.ts";

/**
 * Recordings that options name must be there: a typing error would leave out nothing, and say nothing.
 * @throws UserError that lists every recording that no clip comes from
 */
export function checkSources(
  clips: readonly Pick<Clip, "source">[],
  named: Readonly<Record<string, readonly string[]>>,
): void {
  const present = new Set(clips.map(({ source }) => source));
  const problems = Object.entries(named).flatMap(([option, sources]) =>
    sources
      .filter((source) => !present.has(source))
      .map((source) => `--${option}: expected a recording of the data set, got ${source}`),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
