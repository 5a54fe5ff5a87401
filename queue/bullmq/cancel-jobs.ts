import type { OpenQueue } from "./open-queue.ts";

/** States of a job that no worker has. */
const waitingStates = ["waiting", "prioritized", "delayed", "paused"];

/**
 * Takes jobs back: those that wait leave the queue, those that run stop after their epoch, saved.
 * @returns ids of those that no longer run nor wait
 */
export async function cancelJobs(
  { queue, cancellations }: OpenQueue,
  ids: readonly string[],
): Promise<string[]> {
  await cancellations.add(ids);
  const gone: string[] = [];
  for (const id of ids) {
    const job = await queue.getJob(id);
    if (job === undefined) {
      gone.push(id);
      continue;
    }
    const state = await job.getState();
    if (!waitingStates.includes(state)) continue;
    // A worker may take it at this moment: then it stops as one that runs.
    const isRemoved = await job.remove().then(
      () => true,
      () => false,
    );
    if (isRemoved) gone.push(id);
  }
  await cancellations.remove(gone);
  return gone;
}
