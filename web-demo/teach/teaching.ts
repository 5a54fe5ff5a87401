import type { ModelSession } from "../page/model-session.ts";
import type { ModelSource } from "../page/model-source.ts";
import { findElement } from "../views/elements.ts";
import type { TeachCard } from "./teach-card.ts";

interface TeachingHost {
  readonly session: ModelSession;
  /** Runs what may fail, and shows the problem if it does. */
  readonly attempt: (work: Promise<unknown>) => void;
  /** A model that was taught, or its base again, in place of the current one. */
  readonly answerBy: (source: ModelSource) => Promise<void>;
  readonly showProblem: (problem: unknown) => void;
}

/** The buttons of teaching: one loads the card, the other switches between the taught model and its base. */
export class Teaching {
  readonly #host: TeachingHost;
  readonly #startButton = findElement("teach-start", HTMLButtonElement);
  readonly #switchButton = findElement("teach-switch", HTMLButtonElement);
  #base: ModelSource | undefined;
  #taught: ModelSource | undefined;
  #card: Promise<TeachCard> | undefined;
  #classNames: () => readonly string[] = () => [];
  /**
   * Lines of the shown sound are corrected: a model that is taught by them waits, else the lines would change
   * meanwhile.
   */
  #isCorrecting = false;
  #isWaiting = false;

  constructor(host: TeachingHost) {
    this.#host = host;
    this.#startButton.addEventListener("click", () => {
      host.attempt(this.open());
    });
    this.#switchButton.addEventListener("click", () => {
      const isTaught = host.session.current?.source.isTaught === true;
      const source = isTaught ? this.#base : this.#taught;
      this.takeWaiting();
      if (source !== undefined) host.attempt(host.answerBy(source));
    });
  }

  /** A model that was opened, rather than taught: teaching takes its embeddings, of clips that are there as well. */
  useBase(source: ModelSource): void {
    this.#base = source;
    this.#startButton.disabled = false;
    this.showAnswering(source);
    void this.#card?.then(({ teacher }) => {
      teacher.train("model");
    });
  }

  /** @param source the model that answers now, after a switch */
  showAnswering({ isTaught }: ModelSource): void {
    this.#switchButton.hidden = this.#taught === undefined;
    this.#switchButton.textContent = isTaught === true ? "Answer by the model" : "Answer by your classes";
  }

  get classNames(): readonly string[] {
    return this.#classNames();
  }

  /** A part of the shown sound is a clip of another class than the one that was found. */
  async correct(clip: Blob, name: string, label: string): Promise<void> {
    this.#isCorrecting = true;
    await (await this.open()).addClip(clip, name, label);
  }

  /** The shown sound is left: its lines are not corrected any more. @returns the model that has waited for it */
  takeWaiting(): ModelSource | undefined {
    const waiting = this.#isWaiting ? this.#taught : undefined;
    this.#isCorrecting = this.#isWaiting = false;
    return waiting;
  }

  /** Loads what teaching needs, once. */
  async open(): Promise<TeachCard> {
    this.#startButton.hidden = true;
    this.#card ??= this.#load();
    return this.#card;
  }

  async #load(): Promise<TeachCard> {
    const { openTeachCard } = await import("./teach-card.ts");
    const card = await openTeachCard({
      getBase: () => this.#base,
      useTaught: async (source, cause) => {
        this.#taught = source;
        this.#isWaiting = this.#isCorrecting && cause === "clips";
        if (cause === "clips" && !this.#isWaiting) {
          await this.#host.answerBy(source);
          return "now";
        }
        const { current } = this.#host.session;
        if (current !== undefined) this.showAnswering(current.source);
        return this.#isWaiting ? "next sound" : "when chosen";
      },
      showProblem: this.#host.showProblem,
    });
    this.#classNames = () => card.teacher.store.classes.map(({ name }) => name);
    return card;
  }
}
