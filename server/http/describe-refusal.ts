import { refusalStatuses, type RefusalCode, RequestError } from "../request-error.ts";

/** An error as clients get it. */
export interface Refusal {
  readonly error: { readonly code: RefusalCode; readonly message: string; readonly requestId?: string };
}

const maxMessageLength = 400;

/** What the client caused is told; what it did not, is not: the log has it. */
export function describeRefusal(error: unknown, requestId?: string): Refusal {
  const known =
    error instanceof RequestError
      ? error
      : new RequestError(
          "internal",
          "server: expected an answer, found a fault; the server's log says which",
        );
  const message =
    known.message.length > maxMessageLength
      ? `${known.message.slice(0, maxMessageLength - 1)}…`
      : known.message;
  return { error: { code: known.code, message, ...(requestId !== undefined && { requestId }) } };
}

export function statusOf(error: unknown): number {
  return refusalStatuses[error instanceof RequestError ? error.code : "internal"];
}

/** Headers that go with a refusal. */
export function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof RequestError)) return {};
  return {
    ...(error.retryAfterSeconds !== undefined && { "retry-after": String(error.retryAfterSeconds) }),
    ...(error.code === "unauthorised" && { "www-authenticate": "Bearer" }),
  };
}
