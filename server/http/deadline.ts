import { RequestError } from "../request-error.ts";

/** A request's time: its signal is aborted when the client has gone or the time is over. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** The body has arrived: from now on it is the server that is late. */
  markUploaded(): void;
}

export function startDeadline(seconds: number, clientGone: AbortSignal): Deadline {
  const late = new AbortController();
  let isUploaded = false;
  const timer = setTimeout(() => {
    late.abort(
      isUploaded
        ? new RequestError(
            "deadline",
            `server: expected an answer in ${seconds} s, found that it takes longer`,
          )
        : new RequestError("upload-timeout", `body: expected it in ${seconds} s, found that it takes longer`),
    );
  }, seconds * 1000);
  return {
    signal: AbortSignal.any([late.signal, clientGone]),
    markUploaded() {
      isUploaded = true;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
    },
  };
}
