import type { ParityInput } from "../../../runtime/parity/parity-inputs.ts";

/** What a target says to one input: logits, or why it has none. */
export type TargetAnswer =
  { readonly logits: Float32Array; readonly ms: number } | { readonly error: string };

/** Runs a model on all inputs. @throws UnavailableError */
export type Target = (
  model: Uint8Array,
  inputs: readonly ParityInput<readonly number[]>[],
) => Promise<TargetAnswer[]>;

/** This machine has no such target; the message says what is missing. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}
