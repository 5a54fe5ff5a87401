import { UserError } from "../../common/user-error.ts";
import type { Checkpoint } from "./checkpoint-format.ts";
import {
  listCheckpoints,
  loadCheckpoint,
  nameCheckpoint,
  type LoadedCheckpoint,
} from "./checkpoint-store.ts";
import { describeDifferences } from "../../run-files/describe-differences.ts";

/** What must agree for a run to go on: the same job on the same data and engine. */
export type Identity = Pick<Checkpoint, "job" | "engine" | "dataHash">;

/**
 * The latest checkpoint that is whole, or null. One that is cut or changed is passed over with a notice.
 * @throws UserError when it belongs to another job, data or engine, with the differences; or when none is whole
 */
export async function findResumePoint(
  folder: string,
  identity: Identity,
  onNotice: (message: string) => void,
): Promise<LoadedCheckpoint | null> {
  const epochs = await listCheckpoints(folder);
  for (const epoch of epochs.reverse()) {
    try {
      const loaded = await loadCheckpoint(`${folder}/checkpoints/${nameCheckpoint(epoch)}`);
      checkIdentity(loaded.folder, loaded.checkpoint, identity);
      return loaded;
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof IdentityError) throw error;
      onNotice(`${error.message}; going back to the checkpoint before it`);
    }
  }
  if (epochs.length > 0) onNotice(`${folder}: no checkpoint is whole; starting at the first epoch`);
  return null;
}

class IdentityError extends UserError {}

/** @throws UserError listing each setting in which a folder's run differs from the one asked for */
export function checkIdentity(folder: string, there: Identity, now: Identity): void {
  const pick = ({ job, engine, dataHash }: Identity): Identity => ({ job, engine, dataHash });
  const differences = describeDifferences(pick(there), pick(now));
  if (differences.length === 0) return;
  throw new IdentityError(
    `${folder}: expected the same job, data and engine as now; take another folder. Different are:\n${differences.join("\n")}`,
  );
}
