import type { BackendName } from "../model/backends.ts";
import type { ReferenceCase } from "../model/demo-file.ts";
import type {
  Answer,
  ClipReport,
  WorkerRequest,
  Envelope,
  LiveReport,
  Measured,
  OpenedModel,
  Reply,
  Report,
  RequestKind,
  Scores,
} from "../worker/protocol.ts";
import { PageProblem } from "./page-problem.ts";

export interface ListenOptions {
  readonly blocks: MessagePort;
  readonly sampleRateHz: number;
  readonly startSeconds: number;
  readonly onReport: (report: LiveReport) => void;
}

interface CallOptions<Kind extends RequestKind> {
  readonly transfer?: Transferable[];
  readonly onReport?: (report: Report<Kind>) => void;
}

/** The page's end of a worker that holds one model on one backend. Calls reject with a `PageProblem`. */
export class ClassifierClient {
  readonly #worker = new Worker(new URL("../worker/classifier-worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #backend: BackendName;
  readonly #rejects = new Set<(problem: PageProblem) => void>();

  /** Starts the worker, and ONNX Runtime in it, while the model may still be under way. */
  constructor(backend: BackendName) {
    this.#backend = backend;
    this.#worker.onerror = ({ message }) => {
      this.#rejectAll(new PageProblem("worker", message || "The worker's script could not be loaded."));
    };
    this.#call({ kind: "prepare", backend, pageUrl: document.baseURI }).catch(() => {
      // Opening the model fails in the same way, and reports it.
    });
  }

  open(model: Blob, name: string): Promise<OpenedModel> {
    return this.#call({ kind: "open", model, name, backend: this.#backend, pageUrl: document.baseURI });
  }

  measure(reference: readonly ReferenceCase[]): Promise<Measured> {
    return this.#call({ kind: "measure", reference });
  }

  /** @param onReport called with the clip's answer, then with its picture @returns its timeline */
  classify(audio: Blob, name: string, onReport: (report: ClipReport) => void): Promise<Scores> {
    return this.#call({ kind: "classify", audio, name }, { onReport });
  }

  /** Resolves when listening ends. */
  listen({ onReport, ...rest }: ListenOptions): Promise<void> {
    return this.#call({ kind: "listen", ...rest }, { transfer: [rest.blocks], onReport });
  }

  stop(): Promise<void> {
    return this.#call({ kind: "stop" });
  }

  /** Ends the worker at once and frees its memory; calls under way reject with the code `closed`. */
  close(): void {
    this.#worker.terminate();
    this.#rejectAll(new PageProblem("closed", "The model was closed."));
  }

  #call<Kind extends RequestKind>(
    request: Extract<WorkerRequest, { kind: Kind }>,
    { transfer = [], onReport }: CallOptions<Kind> = {},
  ): Promise<Answer<Kind>> {
    const { port1, port2 } = new MessageChannel();
    const envelope: Envelope = { request, replies: port2 };
    return new Promise<Answer<Kind>>((resolve, reject) => {
      const end = () => {
        this.#rejects.delete(refuse);
        port1.close();
      };
      const refuse = (problem: PageProblem) => {
        end();
        reject(problem);
      };
      this.#rejects.add(refuse);
      port1.onmessage = ({ data }: MessageEvent<Reply<Kind>>) => {
        if (data.kind === "report") onReport?.(data.report);
        else if (data.kind === "problem") refuse(new PageProblem(data.problem.code, data.problem.message));
        else {
          end();
          resolve(data.answer);
        }
      };
      this.#worker.postMessage(envelope, [port2, ...transfer]);
    });
  }

  #rejectAll(problem: PageProblem): void {
    for (const reject of [...this.#rejects]) reject(problem);
  }
}
