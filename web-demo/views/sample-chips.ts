import type { DemoFile } from "../model/demo-file.ts";
import { findElement, makeElement } from "./elements.ts";

export type Sample = DemoFile["samples"][number];

/** A button for each sample; the one that is shown is pressed. */
export class SampleChips {
  readonly #place = findElement("samples", HTMLDivElement);
  readonly #note = findElement("samples-note", HTMLSpanElement);
  readonly #shareButton = findElement("share", HTMLButtonElement);
  readonly #onChoose: (sample: Sample) => void;
  #demo: DemoFile | undefined;

  constructor(onChoose: (sample: Sample) => void) {
    this.#onChoose = onChoose;
  }

  /** @param demo what shipped with the model, if anything */
  show(demo: DemoFile | undefined): void {
    this.#demo = demo;
    const samples = demo?.samples ?? [];
    this.#shareButton.hidden = demo === undefined; // a link cannot carry a model of one's own
    this.#place.hidden = samples.length === 0;
    this.#showNote(undefined);
    this.#place.replaceChildren(
      ...samples.map((sample) => {
        const button = makeElement("button", { text: sample.label });
        button.type = "button";
        button.setAttribute("aria-pressed", "false");
        button.addEventListener("click", () => {
          this.#onChoose(sample);
        });
        return button;
      }),
    );
  }

  /** Label of the sample that is shown. */
  get pressed(): string | undefined {
    return this.#place.querySelector("[aria-pressed=true]")?.textContent;
  }

  /** @param label undefined when something else is shown */
  press(label: string | undefined): void {
    for (const chip of this.#place.children)
      chip.setAttribute("aria-pressed", String(chip.textContent === label));
    this.#showNote(this.#demo?.samples.find((sample) => sample.label === label));
  }

  /** Where all samples come from, and whose work the shown one is. */
  #showNote(shown: Sample | undefined): void {
    this.#note.textContent =
      this.#demo?.samplesNote ?? "This model has no samples: open a sound, or use the microphone.";
    if (shown?.credit === undefined) return;
    const { title, author, url, licence, licenceUrl } = shown.credit;
    const parts = [
      ` ${shown.label}: from “`,
      makeLink(title, url),
      `” by ${author}, `,
      makeLink(licence, licenceUrl),
      ".",
    ];
    this.#note.append(...parts);
  }
}

function makeLink(text: string, href: string): HTMLAnchorElement {
  const link = makeElement("a", { text });
  link.href = href;
  return link;
}
