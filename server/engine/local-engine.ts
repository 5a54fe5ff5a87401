import type { NodeClassifierOptions } from "../../runtime/node.ts";
import { RequestError } from "../request-error.ts";
import type { ChannelWork, ClipAnswer, ClipWork, Engine, ServedModel, SoundChannel } from "./engine.ts";
import { ModelHost } from "./model-host.ts";
import { type ModelFile, ModelRegistry, type ReloadReport } from "./model-registry.ts";

export interface LocalEngineOptions extends NodeClassifierOptions {
  readonly models: readonly ModelFile[];
  /** Sounds under way; more are refused with 503. */
  readonly maxRunning: number;
  readonly onReload: (report: ReloadReport) => void;
}

/** An Engine in the process of its caller, for places that can start no other: what blocks there blocks the caller. */
export class LocalEngine implements Engine {
  readonly #host: ModelHost;
  readonly #registry: ModelRegistry;
  readonly #maxRunning: number;
  #running = 0;
  #isStopping = false;

  private constructor({ maxRunning, onReload, ...options }: Omit<LocalEngineOptions, "models">) {
    this.#host = new ModelHost(options);
    this.#maxRunning = maxRunning;
    this.#registry = new ModelRegistry(
      {
        load: (id, bytes) => this.#host.load(id, bytes),
        unload: (id) => void this.#host.unload(id),
      },
      onReload,
    );
  }

  /** @throws ModelError, BackendError, or an error of the file system, when a model cannot be opened */
  static async start(options: LocalEngineOptions): Promise<LocalEngine> {
    const engine = new LocalEngine(options);
    await engine.#registry.start(options.models);
    return engine;
  }

  models(): readonly ServedModel[] {
    return this.#registry.list();
  }

  isReady(): boolean {
    return !this.#isStopping && this.#running < this.#maxRunning;
  }

  async classify(model: string | undefined, work: ClipWork, signal: AbortSignal): Promise<ClipAnswer> {
    this.#admit();
    this.#running += 1;
    try {
      const { model: name, version } = this.#registry.find(model);
      return await this.#host.classify({ model: name, version }, work, signal);
    } finally {
      this.#running -= 1;
    }
  }

  openChannel(model: string | undefined, work: ChannelWork, signal: AbortSignal): Promise<SoundChannel> {
    this.#admit();
    const { model: name, version } = this.#registry.find(model);
    return Promise.resolve(this.#host.openChannel({ model: name, version }, work, signal));
  }

  async dispose(): Promise<void> {
    this.#isStopping = true;
    this.#registry.stop();
    await this.#host.dispose();
  }

  #admit(): void {
    if (this.#isStopping)
      throw new RequestError("stopping", "server: expected it to run, found that it is stopping");
    if (this.#running >= this.#maxRunning)
      throw new RequestError("busy", "server: expected fewer requests at a time; try again later");
  }
}
