import { StoreUnavailable } from "./store/store.ts";
import { describeError } from "../common/describe-error.ts";

/** A fault of the machine or of what it reaches: the job is not to blame, and runs later or elsewhere. */
export type MachineTrouble = "full disk" | "store unavailable";

/** What the system says when a disk is full; a job's process hands over only the text. */
const fullDisk = /\b(ENOSPC|EDQUOT)\b|no space left on device|disk quota exceeded/i;

export function findMachineTrouble(error: unknown): MachineTrouble | undefined {
  if (error instanceof StoreUnavailable) return "store unavailable";
  const text = describeError(error);
  return fullDisk.test(text) ? "full disk" : undefined;
}
