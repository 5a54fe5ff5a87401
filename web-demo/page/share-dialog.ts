import "../style/dialog.css";
import { encode } from "uqr";
import { makeElement } from "../views/elements.ts";
import { makeShareLink } from "./share-link.ts";

/** Pixels of a module of the QR code, and of light around it, in modules: four, as the standard asks. */
const modulePixels = 4;
const quietModules = 4;

/** The page with its model and a sample as a link, as a QR code for a phone, and as HTML for another page. */
export function openShareDialog(sample: string | undefined): void {
  const link = makeShareLink(sample);
  const embedding = `<iframe src="${link}" title="earshot" allow="microphone; autoplay" width="100%" height="900" style="border: 0"></iframe>`;
  const dialog = makeElement("dialog", { className: "trim share" });
  const title = makeElement("h3", { text: sample === undefined ? "Share" : `Share “${sample}”` });
  title.id = "share-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const buttons = makeElement("div", { className: "teach-buttons" });
  for (const [text, content] of [
    ["Copy link", link],
    ["Copy HTML", embedding],
  ] as const) {
    const button = makeElement("button", { text });
    button.type = "button";
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(content).then(
        () => (button.textContent = "Copied"),
        () => (button.textContent = "Select it above"),
      );
    });
    buttons.append(button);
  }
  const close = makeElement("button", { text: "Close" });
  close.type = "button";
  close.addEventListener("click", () => {
    dialog.close();
  });
  buttons.append(close);
  dialog.append(
    title,
    drawCode(link),
    makeField("Link", link),
    makeField("HTML for another page", embedding),
    buttons,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function makeField(name: string, value: string): HTMLLabelElement {
  const label = makeElement("label", { text: name });
  const field = makeElement("textarea");
  field.readOnly = true;
  field.rows = 2;
  field.value = value;
  field.addEventListener("focus", () => {
    field.select();
  });
  label.append(field);
  return label;
}

/** Dark on light in both colour schemes: cameras expect it. */
function drawCode(text: string): HTMLCanvasElement {
  const { size, data } = encode(text, { border: quietModules });
  const canvas = makeElement("canvas");
  canvas.width = canvas.height = size * modulePixels;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The link as a QR code");
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  for (const [row, modules] of data.entries())
    for (const [column, isDark] of modules.entries())
      if (isDark) context.fillRect(column * modulePixels, row * modulePixels, modulePixels, modulePixels);
  return canvas;
}
