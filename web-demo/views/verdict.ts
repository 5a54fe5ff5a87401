import { findElement } from "./elements.ts";
import { formatPercent } from "./format.ts";

/** Below this, naming the most probable class would claim too much. */
const minProbability = 0.5;

/** The answer in words. The label is a live region: it is read out when it changes, and only then. */
export class Verdict {
  readonly #kicker = findElement("kicker", HTMLParagraphElement);
  readonly #answer = findElement("answer", HTMLHeadingElement);
  readonly #detail = findElement("detail", HTMLParagraphElement);

  say(kicker: string, answer: string, detail: string): void {
    write(this.#kicker, kicker);
    write(this.#answer, answer);
    write(this.#detail, detail);
  }

  /** @param note what the probability is of */
  name(kicker: string, label: string, probability: number, note: string): void {
    const isSure = probability >= minProbability;
    const figure = `${formatPercent(probability)}, ${note}`;
    this.say(kicker, isSure ? label : "Not sure", isSure ? figure : `Most like ${label}: ${figure}`);
  }

  setKicker(text: string): void {
    write(this.#kicker, text);
  }
}

/** An empty line keeps its height. */
function write(element: HTMLElement, text: string): void {
  const shown = text === "" ? "\u00a0" : text;
  if (element.textContent !== shown) element.textContent = shown;
}
