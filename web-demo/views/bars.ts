import { at } from "../../common/at.ts";
import { setText } from "./elements.ts";

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
      const probability = at(this.#shown, index);
      setText(row.label, at(this.#labels, index));
      setText(row.percent, `${Math.round(100 * probability)} %`);
      const logit = this.#logits[index];
      row.item.title = logit === undefined ? "" : `logit ${logit.toFixed(6)}`;
      row.fill.style.transform = `scaleX(${probability.toFixed(4)})`;
      row.item.classList.toggle("top", index === top && probability > 0);
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

/** More classes than this do not fit beside the timeline. */
const maxRows = 10;

/**
 * Which classes have a row: all in the model's order when they fit, else the most probable; when one that has no row
 * becomes the most probable of all, it takes the place of the least probable.
 * @param current the rows so far, or none to pick anew
 */
function pickRows(probabilities: Float32Array, current: readonly number[]): readonly number[] {
  const classes = [...probabilities.keys()];
  if (classes.length <= maxRows) return classes;
  const ranked = classes.sort((one, other) => at(probabilities, other) - at(probabilities, one));
  const [top] = ranked;
  if (current.length === 0) return ranked.slice(0, maxRows);
  if (top === undefined || current.includes(top)) return current;
  const least = ranked.findLast((index) => current.includes(index));
  return current.map((index) => (index === least ? top : index));
}
