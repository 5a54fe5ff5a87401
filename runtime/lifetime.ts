import { DisposedError } from "./errors.ts";

/**
 * Lets work use a resource until it is disposed of: `dispose()` refuses new work at once, waits for the work under
 * way, then releases. A second `dispose()` waits for the first.
 */
export class Lifetime {
  readonly #subject: string;
  readonly #release: () => Promise<void>;
  readonly #active = new Set<Promise<unknown>>();
  #ending: Promise<void> | undefined;

  /** @param subject what a DisposedError calls the resource */
  constructor(subject: string, release: () => Promise<void>) {
    this.#subject = subject;
    this.#release = release;
  }

  /** @throws DisposedError after `dispose()` */
  check(): void {
    if (this.#ending !== undefined) throw new DisposedError(this.#subject);
  }

  /** Whether work is under way. */
  get isBusy(): boolean {
    return this.#active.size > 0;
  }

  /** @throws DisposedError after `dispose()` */
  async use<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.check();
    const running = work();
    this.#active.add(running);
    try {
      return await running;
    } finally {
      this.#active.delete(running);
    }
  }

  dispose(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#active);
    await this.#release();
  }
}
