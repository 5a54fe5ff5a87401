import type { Segment } from "../page/segments.ts";
import { findElement, makeElement, setText } from "./elements.ts";
import { formatClock, formatPercent } from "./format.ts";

const maxEntries = 400;

/** What can be done with a line of the log. */
export interface LogActions {
  readonly onPlay: (segment: Segment) => void;
  readonly onSave: (segment: Segment) => void;
  /** "This was a Door": the segment becomes a clip of that class. */
  readonly onTeach: (segment: Segment, label: string) => void;
  /** Classes that are offered as the right one. */
  readonly listLabels: () => readonly string[];
}

interface Entry {
  readonly item: HTMLLIElement;
  readonly span: HTMLButtonElement;
  readonly confidence: HTMLSpanElement;
}

/**
 * The segments of the sound that is shown, each with its times in that sound: a line plays, saves, or corrects its
 * segment. Lines stay the same elements while their segment grows, so that focus stays where it is.
 */
export class EventLog {
  readonly #list = findElement("events", HTMLOListElement);
  readonly #actions: LogActions;
  readonly #entries = new Map<string, Entry>();
  #segments = new Map<string, Segment>();
  #isLive = false;

  constructor(actions: LogActions) {
    this.#actions = actions;
  }

  /** @param isLive newest above, and nothing can be played yet */
  show(segments: readonly Segment[], isLive: boolean): void {
    const shown = segments.slice(-maxEntries);
    const coming = new Map(shown.map((segment) => [nameSegment(segment), segment]));
    for (const [key, { item }] of this.#entries) {
      if (coming.has(key)) continue;
      item.remove();
      this.#entries.delete(key);
    }
    // Lines that stay are in order already: only new ones are put between them.
    let place = this.#list.firstElementChild;
    for (const [key, segment] of isLive ? [...coming].toReversed() : coming) {
      const known = this.#entries.get(key);
      const entry = known ?? this.#make(key, segment.label);
      const before = this.#segments.get(key);
      if (known === undefined || isLive !== this.#isLive || !isSame(segment, before))
        update(entry, segment, isLive);
      this.#entries.set(key, entry);
      if (entry.item === place) place = place.nextElementSibling;
      else this.#list.insertBefore(entry.item, place);
    }
    this.#segments = coming;
    this.#isLive = isLive;
  }

  clear(): void {
    this.show([], false);
  }

  #make(key: string, label: string): Entry {
    const item = makeElement("li");
    const span = makeElement("button", { className: "span" });
    span.type = "button";
    span.addEventListener("click", () => {
      this.#run(key, this.#actions.onPlay);
    });
    const confidence = makeElement("span", { className: "confidence" });
    const save = makeElement("button", { className: "small", text: "Save" });
    save.type = "button";
    save.addEventListener("click", () => {
      this.#run(key, this.#actions.onSave);
    });
    item.append(
      span,
      makeElement("span", { className: "label", text: label }),
      confidence,
      save,
      this.#makeCorrection(key, label),
    );
    return { item, span, confidence };
  }

  /** The classes are listed when they are asked for: they change while one teaches. A corrected line says as what. */
  #makeCorrection(key: string, label: string): HTMLSelectElement {
    const select = makeElement("select", { className: "small" });
    select.setAttribute("aria-label", `Correct ${label}: what it really was`);
    let title = "Correct…";
    const list = () => {
      const options = [title, ...this.#actions.listLabels(), "New class…"];
      const listed = Array.from(select.options, ({ text }) => text);
      if (listed.join("\n") === options.join("\n")) return;
      select.replaceChildren(...options.map((text) => makeElement("option", { text })));
    };
    list();
    select.addEventListener("pointerdown", list);
    select.addEventListener("focus", list);
    select.addEventListener("change", () => {
      const { value } = select;
      select.selectedIndex = 0;
      const name = value === "New class…" ? prompt("Name of the class")?.trim() : value;
      if (name === undefined || name === "") return;
      title = `✓ ${name}`;
      list();
      this.#run(key, (segment) => {
        this.#actions.onTeach(segment, name);
      });
    });
    return select;
  }

  #run(key: string, action: (segment: Segment) => void): void {
    const segment = this.#segments.get(key);
    if (segment !== undefined) action(segment);
  }
}

/** A segment grows at its end, so its class and start are its name. */
function nameSegment({ label, startSeconds }: Segment): string {
  return `${startSeconds.toFixed(2)} ${label}`;
}

/** Whether a line that shows one shows the other. */
function isSame(one: Segment, other: Segment | undefined): boolean {
  return (
    one.endSeconds === other?.endSeconds && one.isOpen === other.isOpen && one.confidence === other.confidence
  );
}

function update({ item, span, confidence }: Entry, segment: Segment, isLive: boolean): void {
  const { label, startSeconds, endSeconds, isOpen } = segment;
  const end = isOpen ? "" : ` ${formatClock(endSeconds)}`;
  setText(span, `${formatClock(startSeconds)} –${end}`);
  span.setAttribute("aria-label", `${span.textContent}: play ${label}`);
  setText(confidence, isOpen ? "now" : formatPercent(segment.confidence));
  item.classList.toggle("open", isOpen);
  for (const control of item.querySelectorAll("button, select"))
    if (control instanceof HTMLButtonElement || control instanceof HTMLSelectElement)
      control.disabled = isLive;
}
