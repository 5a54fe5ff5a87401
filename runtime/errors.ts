import { UserError } from "../common/user-error.ts";

/**
 * Why a model was refused.
 *
 *     const unproven: ModelErrorCode[] = ["unverified", "failed-parity"];
 */
export type ModelErrorCode =
  | "not-onnx"
  | "no-metadata"
  | "bad-metadata"
  | "newer-format"
  | "other-features"
  | "unverified"
  | "failed-parity"
  | "changed-after-parity"
  | "changed-after-export"
  | "bad-graph";

/**
 * The model file cannot be used; `code` says why.
 *
 *     await createClassifier("old.onnx").catch((error) => error instanceof ModelError && error.code);
 */
export class ModelError extends UserError {
  override readonly name = "ModelError";
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(shortenMessage(message), options);
    this.code = code;
  }
}

/**
 * The audio cannot be classified: it cannot be decoded, or holds what is no sound.
 *
 *     await classifier.classify("notes.txt").catch((error) => error instanceof AudioError); // true
 */
export class AudioError extends UserError {
  override readonly name = "AudioError";
  readonly code = "bad-audio";
}

/**
 * A path, address or response gives no bytes.
 *
 *     await createClassifier("missing.onnx").catch((error) => error instanceof SourceError); // true
 */
export class SourceError extends UserError {
  override readonly name = "SourceError";
  readonly code = "unreadable";
}

/**
 * None of the execution providers asked for could start; the message lists each with its reason.
 *
 *     const opening = createClassifier("model.onnx", { executionProviders: ["cuda"] });
 *     await opening.catch((error) => error instanceof BackendError && console.warn(error.message));
 */
export class BackendError extends UserError {
  override readonly name = "BackendError";
  readonly code = "no-backend";

  constructor(message: string, options?: ErrorOptions) {
    super(shortenMessage(message), options);
  }
}

/**
 * An option has a value that makes no sense.
 *
 *     await classifier.classify("dog.ogg", { thresholds: 2 }).catch((error) => error instanceof OptionError); // true
 */
export class OptionError extends UserError {
  override readonly name = "OptionError";
  readonly code = "bad-option";
}

/**
 * The classifier or stream was used after `dispose()`. A mistake in the calling code, so no `UserError`.
 *
 *     await classifier.dispose();
 *     await classifier.classify("dog.ogg").catch((error) => error instanceof DisposedError); // true
 */
export class DisposedError extends Error {
  override readonly name = "DisposedError";
  readonly code = "disposed";

  constructor(subject: string) {
    super(`${subject}: expected one in use, got one that was disposed of`);
  }
}

/**
 * A stream got sound faster than its consumer takes events.
 *
 *     const stream = classifier.stream({ bufferSeconds: 10 });
 *     for (const block of blocks) await stream.push(block); // waits, so that none is thrown
 */
export class StreamError extends Error {
  override readonly name = "StreamError";
  readonly code = "overflow";
}

/**
 * Two scorers disagree by more than the tolerance; the message shows the worst input.
 *
 *     await verifyParity(scorer, other, inputs, 1e-4).catch((error) => error instanceof ParityError);
 */
export class ParityError extends Error {
  override readonly name = "ParityError";
  readonly code = "parity";
}

const maxMessageLength = 400;

/** One line, however long what other programs say is. */
function shortenMessage(message: string): string {
  const line = message.replace(/\s+/g, " ");
  return line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`;
}
