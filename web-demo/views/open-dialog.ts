import "../style/dialog.css";
import { makeElement } from "./elements.ts";

export interface DialogButton {
  readonly text: string;
  readonly className?: string;
  readonly closes?: boolean;
  readonly onPress?: (button: HTMLButtonElement) => void;
}

interface DialogParts {
  readonly className: string;
  readonly title: string;
  readonly content: readonly HTMLElement[];
  readonly buttons: readonly DialogButton[];
}

/** A modal dialog with a heading, what it is about, and a row of buttons; closed, it is gone. */
export function openDialog({ className, title, content, buttons }: DialogParts): void {
  const dialog = makeElement("dialog", { className });
  const heading = makeElement("h3", { text: title });
  heading.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  const row = makeElement("div", { className: "teach-buttons" });
  for (const { text, className: own, closes = false, onPress } of buttons) {
    const button = makeElement("button", { ...(own !== undefined && { className: own }), text });
    button.type = "button";
    button.addEventListener("click", () => {
      onPress?.(button);
      if (!closes) return;
      dialog.close();
      dialog.remove(); // the close event waits for the next frame: until then a second dialog would have the same ids
    });
    row.append(button);
  }
  dialog.append(heading, ...content, row);
  dialog.addEventListener("close", () => {
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
