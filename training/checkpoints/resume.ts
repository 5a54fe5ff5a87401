import { rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import type { Checkpoint } from "./checkpoint-format.ts";
import {
  listCheckpoints,
  loadCheckpoint,
  nameCheckpoint,
  type LoadedCheckpoint,
} from "./checkpoint-store.ts";
import { readResult, type JobResult } from "../../run-files/job-result.ts";
import { selectEpoch } from "../loop/best-epoch.ts";
import { restoreMetrics } from "./metrics-file.ts";
import { describeDifferences } from "../../run-files/describe-differences.ts";

/** What must agree for a run to go on: the same job on the same data and engine. */
export type Identity = Pick<Checkpoint, "job" | "engine" | "dataHash">;

/**
 * The latest checkpoint that a job can go on from, or null. One that is cut or changed is passed over with a notice, and
 * so is one whose best epoch is: the job would end without the weights that it stands for.
 * @throws UserError when it belongs to another job, data or engine, with the differences
 */
export async function findResumePoint(
  folder: string,
  identity: Identity,
  onNotice: (message: string) => void,
): Promise<LoadedCheckpoint | null> {
  const epochs = await listCheckpoints(folder);
  for (const epoch of epochs.reverse()) {
    try {
      const loaded = await loadEpoch(folder, epoch);
      checkIdentity(loaded.folder, loaded.checkpoint, identity);
      const selected = selectEpoch(identity.job, loaded.checkpoint.history);
      if (selected !== epoch) await loadEpoch(folder, selected);
      return loaded;
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof IdentityError) throw error;
      onNotice(`${error.message}; going back to the checkpoint before it`);
    }
  }
  if (epochs.length > 0) onNotice(`${folder}: no checkpoint is whole; starting at the first epoch`);
  return null;
}

/**
 * The result of a job that has finished and whose files are whole, metrics.jsonl made again where it is not; null where
 * the job must go on: nothing has finished, or a file was removed, cut or changed, which a notice says.
 * @throws UserError when it belongs to another job, data or engine, with the differences
 */
export async function findFinished(
  folder: string,
  identity: Identity,
  onNotice: (message: string) => void,
): Promise<JobResult | null> {
  try {
    const result = await readResult(folder);
    if (result === null) return null;
    checkIdentity(folder, result, identity);
    await loadCheckpoint(path.join(folder, result.checkpoint));
    const { checkpoint } = await loadEpoch(folder, result.epochs);
    await restoreMetrics(folder, checkpoint.history);
    await removeDamaged(folder, onNotice);
    return result;
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof IdentityError) throw error;
    onNotice(`${error.message}; it is made again`);
    return null;
  }
}

/** Checkpoints that a finished job does not need: one that is not whole would only mislead. */
async function removeDamaged(folder: string, onNotice: (message: string) => void): Promise<void> {
  for (const epoch of await listCheckpoints(folder)) {
    try {
      await loadEpoch(folder, epoch);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onNotice(`${error.message}; the job does not need it, it is removed`);
      await rm(locateEpoch(folder, epoch), { recursive: true });
    }
  }
}

const locateEpoch = (folder: string, epoch: number): string =>
  path.join(folder, "checkpoints", nameCheckpoint(epoch));

const loadEpoch = (folder: string, epoch: number): Promise<LoadedCheckpoint> =>
  loadCheckpoint(locateEpoch(folder, epoch));

class IdentityError extends UserError {}

/** @throws UserError listing each setting in which a folder's run differs from the one asked for */
function checkIdentity(folder: string, there: Identity, now: Identity): void {
  const pick = ({ job, engine, dataHash }: Identity): Identity => ({ job, engine, dataHash });
  const differences = describeDifferences(pick(there), pick(now));
  if (differences.length === 0) return;
  throw new IdentityError(
    `${folder}: expected the same job, data and engine as now; take another folder. Different are:\n${differences.join("\n")}`,
  );
}
