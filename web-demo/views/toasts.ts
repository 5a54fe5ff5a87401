import { explainProblem } from "../page/page-problem.ts";
import { makeElement } from "./elements.ts";

const maxToasts = 3;

/** Problems, at the foot of the window, until they are dismissed: nothing on the page moves for them. */
export class Toasts {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
    // The page grows by their height at its foot, so that everything can be scrolled out from under them.
    new ResizeObserver(() => {
      const covered = place.childElementCount === 0 ? 0 : place.offsetHeight;
      document.documentElement.style.setProperty("--covered", `${covered}px`);
    }).observe(place);
  }

  show(problem: unknown): void {
    const { title, advice, detail } = explainProblem(problem);
    const toast = makeElement("div", { className: "toast" });
    toast.setAttribute("role", "alert");
    const dismiss = makeElement("button", { text: "Dismiss" });
    dismiss.type = "button";
    dismiss.addEventListener("click", () => {
      toast.remove();
    });
    const heading = makeElement("p");
    heading.append(makeElement("strong", { text: title }));
    toast.append(
      heading,
      makeElement("p", { className: "advice", text: advice }),
      makeElement("p", { className: "exact", text: detail }),
      dismiss,
    );
    this.#place.append(toast);
    while (this.#place.childElementCount > maxToasts) this.#place.firstElementChild?.remove();
  }

  clear(): void {
    this.#place.replaceChildren();
  }
}
