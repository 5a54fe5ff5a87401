import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { html, trustHtml, type Html } from "./html.ts";

interface PageContent {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
}

/** One self-contained page. Its content security policy forbids every request, so none can happen. */
export async function renderPage({ title, header, sections }: PageContent): Promise<string> {
  const style = await readFile(new URL("page.css", import.meta.url), "utf8");
  const script = await readFile(new URL("page.js", import.meta.url), "utf8");
  const scriptHash = createHash("sha256").update(script).digest("base64");
  // Prepared outside the template: the policy's hash covers every character between the tags.
  const styleElement = trustHtml(`<style>${style}</style>`);
  const scriptElement = trustHtml(`<script>${script}</script>`);
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${scriptHash}'`,
    "img-src data:",
    "media-src data:",
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
        <main>
          ${header}
          <nav aria-label="Contents">
            <ol>
              ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ol>
          </nav>
          ${sections.map(
            ({ id, title, body }) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${body}
              </section>`,
          )}
        </main>
        ${scriptElement}
      </body>
    </html> `;
  return page.markup;
}
