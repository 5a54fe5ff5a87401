import { at } from "../../common/at.ts";
import type { ClipScorer } from "../../runtime/node.ts";

export interface SharingOptions {
  /** Windows in a run at most. */
  readonly batchWindows: number;
  /** How long a window waits for others. */
  readonly batchWaitMs: number;
}

interface Waiting {
  readonly clips: readonly Float32Array[];
  readonly resolve: (logits: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly waiting: Waiting[];
  windows: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets windows of different requests share a run: it starts when it is full, or when the first has waited its time.
 * A GPU answers eight windows in little more time than one. A processor gains nothing (benchmarks/server/batching.ts),
 * so that with `batchWindows` 1 the scorer stays as it is.
 */
export function shareRuns(scorer: ClipScorer, { batchWindows, batchWaitMs }: SharingOptions): ClipScorer {
  if (batchWindows === 1) return scorer;
  const groups = new Map<number, Group>(); // by the windows' length: a run has one

  const run = (length: number, { waiting, timer }: Group): void => {
    clearTimeout(timer);
    groups.delete(length);
    const clips = waiting.flatMap((one) => one.clips);
    scorer.score(clips).then(
      (logits) => {
        const classes = logits.length / clips.length;
        let offset = 0;
        for (const { clips: own, resolve } of waiting) {
          resolve(logits.slice(offset, offset + own.length * classes));
          offset += own.length * classes;
        }
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  };

  return {
    score(clips) {
      if (clips.length >= batchWindows) return scorer.score(clips);
      const { length } = at(clips, 0);
      const full = groups.get(length);
      if (full !== undefined && full.windows + clips.length > batchWindows) run(length, full);
      return new Promise((resolve, reject) => {
        const group = groups.get(length) ?? {
          waiting: [],
          windows: 0,
          timer: setTimeout(() => {
            const due = groups.get(length);
            if (due !== undefined) run(length, due);
          }, batchWaitMs),
        };
        groups.set(length, group);
        group.waiting.push({ clips, resolve, reject });
        group.windows += clips.length;
        if (group.windows === batchWindows) run(length, group);
      });
    },
    dispose: () => scorer.dispose(),
  };
}
