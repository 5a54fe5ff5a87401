import { createHash } from "node:crypto";
import { html, trustHtml, type Html } from "./html.ts";

export interface HtmlPage {
  readonly title: string;
  /** A style sheet. */
  readonly style: string;
  /** What stands in `<main>`. */
  readonly body: Html;
  /** The only script that the page may run. */
  readonly script?: string;
  /** Whether it plays sound files beside it; else only what it holds. */
  readonly playsFiles?: boolean;
}

/**
 * One self-contained page. Its content security policy forbids every request, but for the sounds of a page that plays
 * files, and every other script, so text from file and class names can neither load nor run anything
 * (https://www.w3.org/TR/CSP3/).
 */
export function renderHtmlPage({ title, style, body, script = "", playsFiles = false }: HtmlPage): string {
  const scriptHash = createHash("sha256").update(script).digest("base64");
  // Prepared outside the template: the policy's hash covers every character between the tags.
  const styleElement = trustHtml(`<style>${style}</style>`);
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
        ${scriptElement}
      </body>
    </html> `;
  return page.markup;
}
