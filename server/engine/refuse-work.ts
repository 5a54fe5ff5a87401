import { AudioError, OptionError, SourceError } from "../../runtime/node.ts";
import { RequestError } from "../request-error.ts";

/** A sound or an option that the client must change. */
export class WorkRefusal extends RequestError {
  declare readonly code: "bad-audio" | "bad-option" | "too-long";
}

/** What the client caused, as a refusal; anything else stays as it is. */
export function refuseWork(error: unknown): unknown {
  if (error instanceof AudioError) {
    const isTooLong = error.message.includes("s of sound, got more");
    return new WorkRefusal(isTooLong ? "too-long" : "bad-audio", error.message, { cause: error });
  }
  if (error instanceof OptionError) return new WorkRefusal("bad-option", error.message, { cause: error });
  if (error instanceof SourceError)
    return new WorkRefusal("bad-audio", "sound: expected bytes, found that the upload ended early");
  return error;
}
