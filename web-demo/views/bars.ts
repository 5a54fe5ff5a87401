import { pickRows } from "./pick-rows.ts";

interface Row {
  readonly item: HTMLLIElement;
  readonly label: HTMLSpanElement;
  readonly fill: HTMLSpanElement;
  readonly percent: HTMLSpanElement;
}

/**
 * A row for each class: name, bar, per cent. Rows keep their places, so that the eye can stay on one. A bar's way to its
 * new length is the style sheet's, which leaves it to the compositor: no frame of it takes the page's thread.
 */
export class Bars {
  readonly #list: HTMLElement;
  #labels: readonly string[] = [];
  #rows: Row[] = [];
  #shown: Float32Array = new Float32Array();
  #logits: readonly number[] = [];
  /** Class of each row, from above. */
  order: readonly number[] = [];

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  setLabels(labels: readonly string[]): void {
    this.#labels = labels;
    this.#shown = new Float32Array(labels.length);
    this.order = pickRows(this.#shown, []);
    this.#rows = this.order.map(makeRow);
    this.#list.replaceChildren(...this.#rows.map(({ item }) => item));
    this.#list.style.setProperty("--rows", String(this.#rows.length));
    this.#write();
  }

  /** What the rows say when pointed at. @param logits in the order of the labels, none while a sound goes on */
  explain(logits: readonly number[]): void {
    this.#logits = logits;
    this.#write();
  }

  /** @param probabilities in the order of the labels @param isNew whether rows may change places: another sound */
  show(probabilities: Float32Array, isNew = false): void {
    if (probabilities === this.#shown) return;
    this.#shown = probabilities;
    this.order = pickRows(probabilities, isNew ? [] : this.order);
    this.#write();
  }

  #write(): void {
    const top = this.#shown.indexOf(Math.max(...this.#shown));
    for (const [place, index] of this.order.entries()) {
      const row = this.#rows[place];
      if (row === undefined) continue;
      const share = this.#shown[index] ?? 0;
      setText(row.label, this.#labels[index] ?? "");
      setText(row.percent, `${Math.round(100 * share)} %`);
      const logit = this.#logits[index];
      row.item.title = logit === undefined ? "" : `logit ${logit.toFixed(6)}`;
      row.fill.style.transform = `scaleX(${share.toFixed(4)})`;
      row.item.classList.toggle("top", index === top && share > 0);
    }
  }
}

function makeRow(): Row {
  const item = document.createElement("li");
  const [label, track, fill, percent] = ["label", "track", "fill", "percent"].map((name) => {
    const span = document.createElement("span");
    span.className = name;
    return span;
  });
  if (!label || !track || !fill || !percent) throw new Error("bars: expected four parts");
  track.append(fill);
  item.append(label, track, percent);
  return { item, label, fill, percent };
}

/** Text that stays the same is not written again, which would cost a layout. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
