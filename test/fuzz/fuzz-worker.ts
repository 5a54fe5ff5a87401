// The child process of run-fuzz.ts: runs the inputs of one target, from an index on, until it is ended.
import { runInput } from "./make-input.ts";
import { findTarget } from "./targets.ts";
import type { FuzzOutcome } from "./fuzz-target.ts";

/** What the child reports: the input that begins, then its outcome. */
export type WorkerReport =
  | { readonly kind: "begin"; readonly index: number }
  | {
      readonly kind: "end";
      readonly index: number;
      readonly outcome: FuzzOutcome;
      readonly megabytes: number;
    };

const [name = "", seed = "", firstIndex = ""] = process.argv.slice(2);

await findTarget(name)(async (target) => {
  const seeds = await target.loadSeeds();
  for (let index = Number(firstIndex); ; index++) {
    report({ kind: "begin", index });
    const outcome = await runInput(target, seeds, Number(seed), index);
    const megabytes = process.memoryUsage.rss() / 2 ** 20;
    report({ kind: "end", index, outcome, megabytes });
    // The channel must empty now and then, or reports wait in this process.
    if (index % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});

function report(message: WorkerReport): void {
  process.send?.(message);
}
