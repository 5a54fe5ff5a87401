/** Codes of refusals, each with its HTTP status: the one list that routes, OpenAPI document and tests read. */
export const refusalStatuses = {
  "bad-request": 400,
  "bad-audio": 400,
  "bad-option": 400,
  "bad-model": 400,
  unauthorised: 401,
  "forbidden-url": 403,
  "forbidden-origin": 403,
  "not-found": 404,
  "bad-method": 405,
  "upload-timeout": 408,
  "too-large": 413,
  "too-long": 413,
  "unsupported-encoding": 415,
  "upgrade-required": 426,
  "rate-limit": 429,
  "headers-too-large": 431,
  internal: 500,
  busy: 503,
  deadline: 503,
  stopping: 503,
  "worker-lost": 503,
} as const;

/**
 * Why a request was refused: `error.code` of an answer.
 *
 *     const retried: RefusalCode[] = ["busy", "deadline", "stopping", "worker-lost"];
 */
export type RefusalCode = keyof typeof refusalStatuses;

/** A request that is not answered as asked. Its message is for the client: it holds no path, file name or stack. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: RefusalCode;
  /** For `Retry-After`, where trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds =
      options.retryAfterSeconds ?? (refusalStatuses[code] === 503 ? defaultRetrySeconds : undefined);
  }

  get status(): number {
    return refusalStatuses[this.code];
  }
}

const defaultRetrySeconds = 1;
