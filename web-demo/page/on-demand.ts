import type { ClassifierInfo } from "../../runtime/web.ts";
import { findElement } from "../views/elements.ts";
import { formatCount } from "../views/format.ts";
import type { OpenedModel } from "../worker/protocol.ts";

interface OnDemandHost {
  readonly getModel: () => OpenedModel | undefined;
  /** Label of the sample that is shown. */
  readonly getSample: () => string | undefined;
  /** Runs what may fail, and shows the problem if it does. */
  readonly attempt: (work: Promise<unknown>) => void;
}

/**
 * What the page says of its model: in two lines, and more when someone asks for it, how the model works and the dialog
 * that shares it.
 */
export class OnDemand {
  readonly #host: OnDemandHost;
  readonly #how = findElement("how", HTMLDetailsElement);

  constructor(host: OnDemandHost) {
    this.#host = host;
    this.#how.addEventListener("toggle", () => {
      this.#explain();
    });
    findElement("share", HTMLButtonElement).addEventListener("click", () => {
      host.attempt(
        import("./share-dialog.ts").then(({ openShareDialog }) => {
          openShareDialog(host.getSample());
        }),
      );
    });
  }

  /** Another model is open. */
  introduce(name: string, { labels, background = [], network, parameters, program }: ClassifierInfo): void {
    const knows = findElement("knows", HTMLParagraphElement);
    const sounds = labels.filter((label) => !background.includes(label));
    const unit = sounds.length === 1 ? "sound" : "sounds";
    knows.textContent = `Knows ${sounds.length} ${unit}: ${sounds.join(", ")}.`;
    knows.title = knows.textContent;
    findElement("model-line", HTMLParagraphElement).textContent =
      `Model ${name}: ${network}, ${formatCount(parameters)} parameters, ` +
      `${labels.length} classes, made by ${program}.`;
    this.#explain();
  }

  /** What the model's file says about itself, of the model that is open now. */
  #explain(): void {
    const opened = this.#host.getModel();
    if (!this.#how.open || opened === undefined) return;
    this.#host.attempt(
      import("../views/layers-panel.ts").then(({ describeModel }) => {
        findElement("how-content", HTMLDivElement).replaceChildren(...describeModel(opened));
      }),
    );
  }
}
