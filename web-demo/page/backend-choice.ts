import type { Live } from "../microphone/live.ts";
import { type BackendName, findThreadsObstacle, findWebGpuObstacle } from "../model/backends.ts";
import type { DemoFile } from "../model/demo-file.ts";
import { BackendCards } from "../views/backend-cards.ts";
import { findElement } from "../views/elements.ts";
import type { ModelSession, OpenSession } from "./model-session.ts";
import { loadReference } from "./model-source.ts";

/** The backend that computes: its cards, the change to another one, and what was measured on each. */
export class BackendChoice {
  readonly #session: ModelSession;
  readonly #live: Live;
  readonly cards: BackendCards;
  #chosen: BackendName = crossOriginIsolated ? "threads" : "single";
  /** What shipped with the page: its reference logits also hold for the same graph from elsewhere. */
  shipped: DemoFile | undefined;

  /** @param attempt runs what may fail, and shows the problem if it does */
  constructor(session: ModelSession, live: Live, attempt: (work: Promise<unknown>) => void) {
    this.#session = session;
    this.#live = live;
    this.cards = new BackendCards(findElement("backends", HTMLDivElement), (backend) => {
      attempt(this.#switchTo(backend));
    });
    this.cards.setObstacle("threads", findThreadsObstacle());
    this.cards.choose(this.#chosen);
  }

  get chosen(): BackendName {
    return this.#chosen;
  }

  async lookForWebGpu(): Promise<void> {
    this.cards.setObstacle("webgpu", await findWebGpuObstacle());
  }

  /** Time of a window, and the difference from the reference logits where there are some. */
  async measure(session: OpenSession): Promise<void> {
    const { backend, client, source, opened } = session;
    const isShipped = this.shipped?.graphHash === opened.info.graphHash;
    const demo = source.demo ?? (isShipped ? this.shipped : undefined);
    const reference = demo === undefined ? [] : await loadReference(demo);
    const isCurrent = () => this.#session.current === session;
    try {
      const measured = await client.measure(reference);
      if (isCurrent()) this.cards.showMeasured(backend, measured);
    } catch (problem) {
      if (isCurrent()) throw problem; // else another model took the worker, or its place
    }
  }

  async #switchTo(backend: BackendName): Promise<void> {
    const { current } = this.#session;
    this.#chosen = backend;
    if (current === undefined) return;
    this.cards.showStarting(backend);
    try {
      const next = await this.#session.open(current.source, backend, {
        takeOver: (opening) => {
          this.cards.showOpened(backend, opening.opened);
          this.#live.listenWith(opening);
        },
        onLoad: () => undefined,
      });
      if (next !== undefined) await this.measure(next);
    } catch (problem) {
      this.cards.showState(backend, "did not start");
      this.#chosen = current.backend;
      this.cards.choose(current.backend);
      throw problem;
    }
  }
}
