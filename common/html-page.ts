import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { html, trustHtml, type Html } from "./html.ts";

export interface HtmlPage {
  readonly title: string;
  /** A style sheet, behind that of the common design (`design.css`). */
  readonly style: string;
  /** What stands in `<main>`. */
  readonly body: Html;
  /** The only script that the page may run. */
  readonly script?: string;
  /** Whether it plays sound files beside it; else only what it holds. */
  readonly playsFiles?: boolean;
}

/**
 * One self-contained page in the common design. Grey images of class `spectrogram` are shown in its colours. Its
 * content security policy forbids every request, but for the sounds of a page that plays files, and every other script,
 * so text from file and class names can neither load nor run anything (https://www.w3.org/TR/CSP3/).
 */
export function renderHtmlPage({ title, style, body, script = "", playsFiles = false }: HtmlPage): string {
  const scriptHash = createHash("sha256").update(script).digest("base64");
  // Prepared outside the template: the policy's hash covers every character between the tags.
  const design = readFileSync(new URL("design.css", import.meta.url), "utf8");
  const styleElement = trustHtml(`<style>${design}${spectrogramStyle}${style}</style>`);
  const scriptElement = trustHtml(script === "" ? "" : `<script>${script}</script>`);
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src ${script === "" ? "'none'" : `'sha256-${scriptHash}'`}`,
    "img-src data:",
    playsFiles ? "media-src data: file: 'self'" : "media-src data:",
  ].join("; ");
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>${body}</main>
        ${renderColourFilters(design)} ${scriptElement}
      </body>
    </html> `;
  return page.markup;
}

const spectrogramStyle = `
.spectrogram { filter: url("#spectrum-0"); }
@media screen and (prefers-color-scheme: dark) { .spectrogram { filter: url("#spectrum-1"); } }
.colour-filters { position: absolute; width: 0; height: 0; }
`;

/**
 * From grey to the colours of `--spectrum`, light and dark: an image has one set of pixels for both
 * (https://www.w3.org/TR/filter-effects-1/#feComponentTransferElement, `type="table"`).
 */
function renderColourFilters(design: string): Html {
  const spectra = [...design.matchAll(/--spectrum: ([^;]+);/g)].map(([, colours = ""]) =>
    colours.split(", "),
  );
  return html`<svg class="colour-filters" aria-hidden="true">
    ${spectra.map(
      (colours, index) =>
        html`<filter id="spectrum-${index}" color-interpolation-filters="sRGB">
          <feComponentTransfer>
            ${["R", "G", "B"].map((channel, place) => {
              const levels = colours.map((colour) =>
                parseInt(colour.slice(1 + 2 * place, 3 + 2 * place), 16),
              );
              const table = levels.map((level) => (level / 255).toFixed(4)).join(" ");
              return trustHtml(`<feFunc${channel} type="table" tableValues="${table}" />`);
            })}
          </feComponentTransfer>
        </filter>`,
    )}
  </svg>`;
}
