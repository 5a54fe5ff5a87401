import { at } from "../../common/at.ts";
import { reachesThreshold } from "../../runtime/thresholds.ts";
import { findElement } from "./elements.ts";
import { formatPercent } from "./format.ts";

/** Whether the most probable class is named: it reaches its threshold, does not, or is background, which has none. */
export type Standing = "named" | "unsure" | "background";

/** @param thresholds as `listThresholds` gives them @param isNamed where that does not follow from the probability alone */
export function judge(
  score: { readonly probability: number; readonly index: number },
  thresholds: readonly number[],
  isNamed = reachesThreshold(score, thresholds),
): Standing {
  if (isNamed) return "named";
  return at(thresholds, score.index) === Infinity ? "background" : "unsure";
}

/** What the page is doing, or has found; the style sheet colours the stage by it. */
export type StageState = "empty" | "loading" | "working" | "listening" | "answer" | "rejected" | "error";

/**
 * The answer in words, with the progress of what is under way. The label is a live region: it is read out when it
 * changes.
 */
export class Verdict {
  onCancel: () => void = () => undefined;
  readonly #stage = document.querySelector(".stage");
  readonly #kicker = findElement("kicker", HTMLParagraphElement);
  readonly #answer = findElement("answer", HTMLHeadingElement);
  readonly #detail = findElement("detail", HTMLParagraphElement);
  readonly #progress = findElement("progress", HTMLProgressElement);
  readonly #cancel = findElement("cancel", HTMLButtonElement);

  constructor() {
    this.#cancel.addEventListener("click", () => {
      this.onCancel();
    });
  }

  say(state: StageState, kicker: string, answer: string, detail: string): void {
    this.#stage?.setAttribute("data-state", state);
    const isBusy = state === "loading" || state === "working";
    this.#progress.hidden = !isBusy;
    this.#cancel.hidden = state !== "working";
    if (!isBusy) this.#progress.removeAttribute("value");
    write(this.#kicker, kicker);
    this.#kicker.title = kicker;
    write(this.#answer, answer);
    this.#answer.title = answer;
    write(this.#detail, detail);
    this.#detail.title = detail;
  }

  /** @param note what the probability is of */
  name(
    state: "answer" | "listening",
    kicker: string,
    { label, probability }: { label: string; probability: number },
    note: string,
    standing: Standing,
  ): void {
    const figure = `${formatPercent(probability)}, ${note}`;
    const isUnsure = standing === "unsure";
    this.say(
      standing === "named" || state === "listening" ? state : "rejected",
      kicker,
      isUnsure ? "Not sure" : label,
      isUnsure ? `Most like ${label}: ${figure}` : figure,
    );
  }

  /** @param fraction 0 to 1; undefined: not known */
  showProgress(fraction: number | undefined, detail: string): void {
    if (fraction === undefined) this.#progress.removeAttribute("value");
    else this.#progress.value = fraction;
    write(this.#detail, detail);
  }
}

/** An empty line keeps its height. */
function write(element: HTMLElement, text: string): void {
  const shown = text === "" ? "\u00a0" : text;
  if (element.textContent !== shown) element.textContent = shown;
}
