import { makeElement } from "./elements.ts";
import { formatClock, formatPercent, formatTimeOfDay } from "./format.ts";

const maxEntries = 200;

interface OpenEvent {
  readonly item: HTMLLIElement;
  readonly time: HTMLTimeElement;
  readonly confidence: HTMLSpanElement;
}

/** The events, newest above, with their times. A sound that still goes on has an entry already. */
export class EventLog {
  readonly #list: HTMLElement;
  readonly #open = new Map<string, OpenEvent>();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** A sound has begun. */
  begin(label: string, startSeconds: number): void {
    if (this.#open.has(label)) return;
    const entry = this.#add(`${formatClock(startSeconds)} –`, label, "now");
    entry.item.classList.add("open");
    this.#open.set(label, entry);
  }

  /** A sound has ended; its begin may never have been reported. */
  end(label: string, startSeconds: number, endSeconds: number, confidence: number): void {
    const span = `${formatClock(startSeconds)} – ${formatClock(endSeconds)}`;
    const entry = this.#open.get(label);
    this.#open.delete(label);
    if (entry === undefined) {
      this.#add(span, label, formatPercent(confidence));
      return;
    }
    entry.item.classList.remove("open");
    entry.time.textContent = span;
    entry.confidence.textContent = formatPercent(confidence);
  }

  /** Listening is over: what still went on ends without a figure. */
  endAll(seconds: number): void {
    for (const { item, time, confidence } of this.#open.values()) {
      item.classList.remove("open");
      time.textContent = `${time.textContent} ${formatClock(seconds)}`;
      confidence.textContent = "";
    }
    this.#open.clear();
  }

  /** A whole clip, at the time of the day. */
  addClip(name: string, label: string, probability: number): void {
    this.#add(formatTimeOfDay(new Date()), `${label} · ${name}`, formatPercent(probability));
  }

  #add(span: string, label: string, confidence: string): OpenEvent {
    const entry = {
      item: makeElement("li"),
      time: makeElement("time", { text: span }),
      confidence: makeElement("span", { className: "confidence", text: confidence }),
    };
    entry.item.append(entry.time, makeElement("span", { text: label }), entry.confidence);
    this.#list.prepend(entry.item);
    while (this.#list.childElementCount > maxEntries) this.#list.lastElementChild?.remove();
    return entry;
  }
}
