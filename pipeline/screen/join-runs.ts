import { at } from "../../common/at.ts";
import type { TimelineEntry } from "../../runtime/node.ts";

/**
 * Entries of the same answer that follow each other as one: a class, none, or silence. Probabilities are their means
 * over time. A timeline has an entry for each 0.19 s, and reads better so.
 */
export async function* joinRuns(
  timeline: AsyncIterable<TimelineEntry>,
): AsyncGenerator<TimelineEntry, void, undefined> {
  let run: TimelineEntry | undefined;
  try {
    for await (const entry of timeline) {
      if (run !== undefined && nameAnswer(run) !== nameAnswer(entry)) {
        yield run;
        run = undefined;
      }
      run = run === undefined ? entry : join(run, entry);
    }
  } finally {
    if (run !== undefined) yield run; // also what comes before the damage of a file
  }
}

function nameAnswer({ label, named, rejected }: TimelineEntry): string | null {
  if (label === null) return "silence";
  return rejected ? null : `classes ${[...named].sort().join("; ")}`;
}

function join(run: TimelineEntry, next: TimelineEntry): TimelineEntry {
  const weight = (next.endSeconds - next.startSeconds) / (next.endSeconds - run.startSeconds);
  const probabilities = run.probabilities.map(
    (mean, index) => mean + weight * (at(next.probabilities, index) - mean),
  );
  const confidence = run.confidence + weight * (next.confidence - run.confidence);
  return { ...run, endSeconds: next.endSeconds, probabilities, confidence };
}
