import type { ModelSource } from "../page/model-source.ts";
import { WorkerCalls } from "../page/worker-calls.ts";
import type { SoundSource } from "../worker/protocol.ts";
import type {
  ArchiveEntry,
  CutAnswer,
  ExportRequest,
  TaughtModel,
  TeachExchanges,
  TrainedLayer,
  TrainExchanges,
  TrainRequest,
} from "../worker/teach-protocol.ts";

/** The page's end of the workers that teach: one holds the model whose embeddings are taken, another one trains. */
export class TeachClient {
  #trainer: WorkerCalls<TrainExchanges> | undefined;
  readonly #calls = new WorkerCalls<TeachExchanges>(
    new Worker(new URL("../worker/teach-worker.ts", import.meta.url), { type: "module" }),
  );
  #opened: { readonly source: ModelSource; readonly hash: Promise<string> } | undefined;

  /** Opens a model unless it is open already. @returns the hash of its graph */
  open(source: ModelSource): Promise<string> {
    if (this.#opened?.source.blob === source.blob) return this.#opened.hash;
    const request = { model: source.blob, name: source.name, pageUrl: document.baseURI };
    const hash = this.#calls.call("open", request);
    this.#opened = { source, hash };
    hash.catch(() => {
      this.#opened = undefined; // the next call tries again
    });
    return hash;
  }

  cut(source: SoundSource, name: string): Promise<CutAnswer> {
    return this.#calls.call("cut", { source, name });
  }

  embed(clips: readonly Blob[], onReport: (done: number) => void): Promise<readonly Float32Array[]> {
    return this.#calls.call("embed", clips, { onReport });
  }

  /** Clips as a zip archive, one folder a class. */
  pack(entries: readonly ArchiveEntry[]): Promise<Blob> {
    return this.#calls.call("pack", entries);
  }

  /** @throws PageProblem `bad-archive` */
  unpack(archive: File): Promise<readonly ArchiveEntry[]> {
    return this.#calls.call("unpack", archive);
  }

  /** Rejects with the code `closed` when `endTraining` ends it. */
  train(request: TrainRequest): Promise<TrainedLayer> {
    this.#trainer ??= new WorkerCalls(
      new Worker(new URL("../worker/train-worker.ts", import.meta.url), { type: "module" }),
    );
    return this.#trainer.call("train", request, { transfer: [request.embeddings.buffer] });
  }

  /** Ends a training, which takes minutes for thousands of clips: nobody needs its head once they have changed. */
  endTraining(): void {
    this.#trainer?.close();
    this.#trainer = undefined;
  }

  export(request: ExportRequest): Promise<TaughtModel> {
    return this.#calls.call("export", request);
  }
}
