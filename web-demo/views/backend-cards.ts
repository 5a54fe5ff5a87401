import { type BackendName, backendNames, backendTitles } from "../model/backends.ts";
import type { Measured, OpenedModel } from "../worker/protocol.ts";
import { makeElement } from "./elements.ts";
import { formatDifference, formatMs } from "./format.ts";

const starting = "starting";
const figureNames = ["Load", "First", "Median", "Real time"] as const;

interface Card {
  readonly radio: HTMLInputElement;
  readonly figures: readonly HTMLElement[];
  readonly obstacle: HTMLParagraphElement;
  readonly badge: HTMLSpanElement;
}

/** A card for each backend: a radio button with its figures, once it has computed. */
export class BackendCards {
  readonly #cards: ReadonlyMap<BackendName, Card>;
  readonly #before = new Map<BackendName, { readonly text: string; readonly className: string }>();

  constructor(group: HTMLElement, onChoose: (backend: BackendName) => void) {
    this.#cards = new Map(backendNames.map((name) => [name, makeCard(group, name, onChoose)]));
  }

  /** @param reason why the backend cannot be chosen; undefined: it can */
  setObstacle(backend: BackendName, reason: string | undefined): void {
    const card = this.#cards.get(backend);
    if (card === undefined || reason === undefined) return;
    card.radio.disabled = true;
    card.obstacle.textContent = reason;
  }

  /** Marks a backend as starting, or as computing. */
  choose(backend: BackendName): void {
    const card = this.#cards.get(backend);
    if (card !== undefined) card.radio.checked = true;
  }

  /** Another model or backend starts; `restore` undoes it where that fails. */
  showStarting(backend: BackendName): void {
    const badge = this.#cards.get(backend)?.badge;
    if (badge !== undefined && badge.textContent !== starting)
      this.#before.set(backend, { text: badge.textContent, className: badge.className });
    this.#setBadge(backend, starting, "");
  }

  /** What the badge said before something started that then did not. */
  restore(backend: BackendName): void {
    const badge = this.#cards.get(backend)?.badge;
    const before = this.#before.get(backend);
    if (badge === undefined || before === undefined || badge.textContent !== starting) return;
    badge.textContent = before.text;
    badge.className = before.className;
  }

  showState(backend: BackendName, text: string): void {
    this.#setBadge(backend, text, "");
  }

  showOpened(backend: BackendName, { loadMs, firstMs, threads }: OpenedModel): void {
    const [load, first] = this.#cards.get(backend)?.figures ?? [];
    if (load) load.textContent = formatMs(loadMs);
    if (first) first.textContent = formatMs(firstMs);
    const card = this.#cards.get(backend);
    if (card && backend === "threads")
      card.obstacle.textContent = threads === 1 ? "1 thread here" : `${threads} threads`;
    this.showState(backend, "measuring");
  }

  showMeasured(backend: BackendName, { medianMs, realTimeFactor, parity }: Measured): void {
    const [, , median, factor] = this.#cards.get(backend)?.figures ?? [];
    if (median) median.textContent = formatMs(medianMs);
    if (factor) factor.textContent = `${realTimeFactor.toPrecision(3)} ×`;
    if (parity === undefined) this.#setBadge(backend, "No reference logits", "");
    else {
      const { largest, isSame } = parity;
      this.#setBadge(
        backend,
        `${isSame ? "✓" : "✗"} Parity ${formatDifference(largest)}`,
        isSame ? "good" : "bad",
      );
    }
  }

  /** Another model: nothing is measured yet. */
  clear(): void {
    for (const [name, { figures }] of this.#cards) {
      for (const figure of figures) figure.textContent = "–";
      this.showState(name, "not measured");
    }
  }

  #setBadge(backend: BackendName, text: string, kind: "" | "good" | "bad"): void {
    const badge = this.#cards.get(backend)?.badge;
    if (badge === undefined) return;
    badge.textContent = text;
    badge.className = `badge ${kind}`;
  }
}

function makeCard(group: HTMLElement, name: BackendName, onChoose: (backend: BackendName) => void): Card {
  const label = makeElement("label", { className: "backend" });
  const radio = makeElement("input");
  radio.type = "radio";
  radio.name = "backend";
  radio.value = name;
  radio.addEventListener("change", () => {
    onChoose(name);
  });
  const list = makeElement("dl");
  const figures = figureNames.map((title) => {
    const figure = makeElement("dd", { text: "–" });
    list.append(makeElement("dt", { text: title }), figure);
    return figure;
  });
  const obstacle = makeElement("p", { className: "obstacle" });
  const badge = makeElement("span", { className: "badge", text: "not measured" });
  label.append(radio, makeElement("strong", { text: backendTitles[name] }), list, obstacle, badge);
  group.append(label);
  return { radio, figures, obstacle, badge };
}
