/** How the page and its workers talk: each request has a port of its own, on which its reports and its answer go back. */

/** A kind of request: what it says, what is answered, and what is reported before that. */
interface Exchange {
  readonly request: unknown;
  readonly answer: unknown;
  readonly report: unknown;
}

/** The kinds of one worker, by name. */
export type Exchanges<All> = { readonly [Kind in keyof All]: Exchange };

export interface Envelope<All extends Exchanges<All>, Kind extends keyof All> {
  readonly kind: Kind;
  readonly request: All[Kind]["request"];
  readonly replies: MessagePort;
}

export type Reply<Kind extends Exchange> =
  | { readonly kind: "answer"; readonly answer: Kind["answer"] }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "report"; readonly report: Kind["report"] };

/** Errors lose their class between threads; `code` is that of the runtime's errors. */
interface Problem {
  readonly code: string;
  readonly message: string;
  /** The rate of a sound that only the browser decodes. */
  readonly sampleRateHz?: number;
}

/** A problem that a worker itself finds. */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly code: string;
  readonly sampleRateHz: number | undefined;

  constructor(code: string, message: string, detail: { readonly sampleRateHz?: number } = {}) {
    super(message);
    this.code = code;
    this.sampleRateHz = detail.sampleRateHz;
  }
}

/** What a worker does for each kind of request. */
export type Handlers<All extends Exchanges<All>> = {
  readonly [Kind in keyof All]: (
    request: All[Kind]["request"],
    report: (content: All[Kind]["report"]) => void,
  ) => Promise<All[Kind]["answer"]>;
};

/** Answers every message that this worker gets. */
export function serveRequests<All extends Exchanges<All>>(handlers: Handlers<All>): void {
  globalThis.onmessage = ({ data: { kind, request, replies } }: MessageEvent<Envelope<All, keyof All>>) => {
    const send = (reply: Reply<All[keyof All]>) => {
      replies.postMessage(reply);
    };
    handlers[kind](request, (report) => {
      send({ kind: "report", report });
    }).then(
      (answer) => {
        send({ kind: "answer", answer });
      },
      (error: unknown) => {
        send({ kind: "problem", problem: describeProblem(error) });
      },
    );
  };
}

function describeProblem(error: unknown): Problem {
  if (error instanceof PageError) {
    const { code, message, sampleRateHz } = error;
    return { code, message, ...(sampleRateHz !== undefined && { sampleRateHz }) };
  }
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "unknown";
  return { code, message: error.message };
}
