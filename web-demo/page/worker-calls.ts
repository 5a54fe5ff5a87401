import type { Envelope, Exchanges, Reply } from "../worker/messages.ts";
import { PageProblem } from "./page-problem.ts";

interface CallOptions<Report> {
  readonly transfer?: Transferable[];
  readonly onReport?: (report: Report) => void;
}

/** The page's end of a worker. Calls reject with a `PageProblem`. */
export class WorkerCalls<All extends Exchanges<All>> {
  readonly #worker: Worker;
  readonly #rejects = new Set<(problem: PageProblem) => void>();

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onerror = ({ message }) => {
      this.#rejectAll(new PageProblem("worker", message || "The worker's script could not be loaded."));
    };
  }

  /** @param options.onReport called with what is reported before the answer */
  call<Kind extends keyof All>(
    kind: Kind,
    request: All[Kind]["request"],
    { transfer = [], onReport }: CallOptions<All[Kind]["report"]> = {},
  ): Promise<All[Kind]["answer"]> {
    const { port1, port2 } = new MessageChannel();
    const envelope: Envelope<All, Kind> = { kind, request, replies: port2 };
    return new Promise<All[Kind]["answer"]>((resolve, reject) => {
      const end = () => {
        this.#rejects.delete(refuse);
        port1.close();
      };
      const refuse = (problem: PageProblem) => {
        end();
        reject(problem);
      };
      this.#rejects.add(refuse);
      port1.onmessage = ({ data }: MessageEvent<Reply<All[Kind]>>) => {
        if (data.kind === "report") onReport?.(data.report);
        else if (data.kind === "problem")
          refuse(new PageProblem(data.problem.code, data.problem.message, data.problem.sampleRateHz));
        else {
          end();
          resolve(data.answer);
        }
      };
      this.#worker.postMessage(envelope, [port2, ...transfer]);
    });
  }

  /** Ends the worker at once and frees its memory; calls under way reject with the code `closed`. */
  close(): void {
    this.#worker.terminate();
    this.#rejectAll(new PageProblem("closed", "The worker was closed."));
  }

  #rejectAll(problem: PageProblem): void {
    for (const reject of [...this.#rejects]) reject(problem);
  }
}
