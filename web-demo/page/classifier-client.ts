import type { BackendName } from "../model/backends.ts";
import type { ReferenceCase } from "../model/demo-file.ts";
import type {
  ClassifierExchanges,
  ClipReport,
  LiveReport,
  LoadReport,
  Measured,
  OpenedModel,
  SoundSource,
} from "../worker/protocol.ts";
import { WorkerCalls } from "./worker-calls.ts";

export interface ListenOptions {
  readonly blocks: MessagePort;
  readonly sampleRateHz: number;
  readonly startSeconds: number;
  readonly onReport: (report: LiveReport) => void;
}

/** The page's end of a worker that holds one model on one backend. Calls reject with a `PageProblem`. */
export class ClassifierClient {
  readonly #calls = new WorkerCalls<ClassifierExchanges>(
    new Worker(new URL("../worker/classifier-worker.ts", import.meta.url), { type: "module" }),
  );
  readonly #backend: BackendName;

  /** Starts the worker, and ONNX Runtime in it, while the model may still be under way. */
  constructor(backend: BackendName, onLoad: (report: LoadReport) => void) {
    this.#backend = backend;
    this.#calls.call("prepare", { backend, pageUrl: document.baseURI }, { onReport: onLoad }).catch(() => {
      // Opening the model fails in the same way, and reports it.
    });
  }

  /** Opens a model, in place of one that this worker holds. */
  open(model: Blob, name: string): Promise<OpenedModel> {
    return this.#calls.call("open", { model, name, backend: this.#backend, pageUrl: document.baseURI });
  }

  measure(reference: readonly ReferenceCase[]): Promise<Measured> {
    return this.#calls.call("measure", { reference });
  }

  /** @param onReport called with everything that becomes known of the sound, until the promise resolves */
  classify(source: SoundSource, name: string, onReport: (report: ClipReport) => void): Promise<void> {
    return this.#calls.call("classify", { source, name }, { onReport });
  }

  /** Ends the classification under way, which rejects with the code `cancelled`. */
  cancel(): Promise<void> {
    return this.#calls.call("cancel", undefined);
  }

  /** Resolves when listening ends. */
  listen({ onReport, ...request }: ListenOptions): Promise<void> {
    return this.#calls.call("listen", request, { transfer: [request.blocks], onReport });
  }

  stop(): Promise<void> {
    return this.#calls.call("stop", undefined);
  }

  /** Ends the worker at once and frees its memory; calls under way reject with the code `closed`. */
  close(): void {
    this.#calls.close();
  }
}
