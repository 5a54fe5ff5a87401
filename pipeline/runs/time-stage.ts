import { recordStageSeconds, type Run } from "./run-folder.ts";
import { formatSeconds } from "../../common/format-seconds.ts";

/** Runs one stage of a run, prints its one line and keeps how long it took. */
export async function timeStage(run: Run, stage: string, work: () => Promise<string>): Promise<void> {
  const startMs = performance.now();
  const outcome = await work();
  const seconds = (performance.now() - startMs) / 1000;
  await recordStageSeconds(run, stage, seconds);
  console.log(`${stage.padEnd(9)} ${outcome}  (${formatSeconds(seconds)})`);
}
