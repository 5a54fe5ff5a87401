import { encode } from "uqr";
import { makeElement } from "../views/elements.ts";
import { type DialogButton, openDialog } from "../views/open-dialog.ts";
import { makeShareLink } from "./share-link.ts";

/** Pixels of a module of the QR code, and of light around it, in modules: four, as the standard asks. */
const modulePixels = 4;
const quietModules = 4;

/** The page with its model and a sample as a link, as a QR code for a phone, and as HTML for another page. */
export function openShareDialog(sample: string | undefined): void {
  const link = makeShareLink(sample);
  const embedding = `<iframe src="${link}" title="earshot" allow="microphone; autoplay" width="100%" height="900" style="border: 0"></iframe>`;
  const copy = (text: string, content: string): DialogButton => ({
    text,
    onPress: (button) => {
      void navigator.clipboard.writeText(content).then(
        () => (button.textContent = "Copied"),
        () => (button.textContent = "Select it above"),
      );
    },
  });
  openDialog({
    className: "share",
    title: sample === undefined ? "Share" : `Share “${sample}”`,
    content: [drawCode(link), makeField("Link", link), makeField("HTML for another page", embedding)],
    buttons: [copy("Copy link", link), copy("Copy HTML", embedding), { text: "Close", closes: true }],
  });
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
