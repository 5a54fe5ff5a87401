import type { DemoFile } from "../model/demo-file.ts";
import { makeElement } from "./elements.ts";

export type Sample = DemoFile["samples"][number];

/** A button for each sample; the one that is shown is pressed. */
export class SampleChips {
  readonly #place: HTMLElement;
  readonly #onChoose: (sample: Sample) => void;

  constructor(place: HTMLElement, onChoose: (sample: Sample) => void) {
    this.#place = place;
    this.#onChoose = onChoose;
  }

  show(samples: readonly Sample[]): void {
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

  /** @param label undefined when something else is shown */
  press(label: string | undefined): void {
    for (const chip of this.#place.children)
      chip.setAttribute("aria-pressed", String(chip.textContent === label));
  }
}
