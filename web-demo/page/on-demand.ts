import { findElement } from "../views/elements.ts";
import type { OpenedModel } from "../worker/protocol.ts";

interface OnDemandHost {
  readonly getModel: () => OpenedModel | undefined;
  /** Label of the sample that is shown. */
  readonly getSample: () => string | undefined;
  /** Runs what may fail, and shows the problem if it does. */
  readonly attempt: (work: Promise<unknown>) => void;
}

/** Parts of the page that are loaded when someone asks for them: how the model works, and the dialog that shares it. */
export class OnDemand {
  readonly #host: OnDemandHost;
  readonly #how = findElement("how", HTMLDetailsElement);

  constructor(host: OnDemandHost) {
    this.#host = host;
    this.#how.addEventListener("toggle", () => {
      this.explain();
    });
    findElement("share", HTMLButtonElement).addEventListener("click", () => {
      host.attempt(
        import("./share-dialog.ts").then(({ openShareDialog }) => {
          openShareDialog(host.getSample());
        }),
      );
    });
  }

  /** What the model's file says about itself, of the model that is open now. */
  explain(): void {
    const opened = this.#host.getModel();
    if (!this.#how.open || opened === undefined) return;
    this.#host.attempt(
      import("../views/layers-panel.ts").then(({ describeModel }) => {
        findElement("how-content", HTMLDivElement).replaceChildren(...describeModel(opened));
      }),
    );
  }
}
