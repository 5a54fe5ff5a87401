import type { BackendName } from "../model/backends.ts";
import type { LoadReport, OpenedModel } from "../worker/protocol.ts";
import { ClassifierClient } from "./classifier-client.ts";
import type { ModelSource } from "./model-source.ts";

/** A model that runs on a backend, in a worker of its own. */
export interface OpenSession {
  readonly source: ModelSource;
  readonly backend: BackendName;
  readonly client: ClassifierClient;
  readonly opened: OpenedModel;
}

interface OpenOptions {
  /** Called when the new session is ready and the old one, if any, not yet closed. */
  readonly takeOver: (next: OpenSession) => void;
  /** Called while ONNX Runtime is fetched. */
  readonly onLoad: (report: LoadReport) => void;
}

/**
 * The one model that the page classifies with. Another model or backend starts in a new worker while the old one still
 * runs; the newest request wins.
 */
export class ModelSession {
  #current: OpenSession | undefined;
  /** Starts, and is not yet current. */
  #opening: ClassifierClient | undefined;

  get current(): OpenSession | undefined {
    return this.#current;
  }

  /** Another model in the worker that runs: for models that were taught, which change with every clip. */
  async replace(source: ModelSource): Promise<OpenSession | undefined> {
    const current = this.#current;
    if (current === undefined || this.#opening !== undefined) return undefined; // another model is under way
    const opened = await current.client.open(source.blob, source.name);
    if (this.#current !== current) return undefined;
    this.#current = { ...current, source, opened };
    return this.#current;
  }

  /**
   * @param coming the model, which may still be under way while the backend starts
   * @returns undefined when another request was made meanwhile
   * @throws PageProblem when the model is refused or the backend does not start; the old session stays
   */
  async open(
    coming: ModelSource | Promise<ModelSource>,
    backend: BackendName,
    { takeOver, onLoad }: OpenOptions,
  ): Promise<OpenSession | undefined> {
    this.#opening?.close();
    const client = new ClassifierClient(backend, onLoad);
    this.#opening = client;
    try {
      const source = await coming;
      if (this.#opening !== client) return undefined;
      const opened = await client.open(source.blob, source.name);
      const next = { source, backend, client, opened };
      const previous = this.#current;
      this.#opening = undefined;
      this.#current = next;
      takeOver(next);
      previous?.client.close();
      return next;
    } catch (error) {
      client.close();
      if (this.#opening !== client) return undefined; // another request has closed it
      this.#opening = undefined;
      throw error;
    }
  }
}
