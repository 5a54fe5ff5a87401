import { readFile } from "node:fs/promises";
import { renderHtmlPage } from "../../common/html-page.ts";
import { html, type Html } from "../../common/html.ts";

interface PageContent {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
}

/** The report's page: the first page, then sections that are folded on a screen and unfolded on paper. */
export async function renderPage({ title, header, sections }: PageContent): Promise<string> {
  return renderHtmlPage({
    title,
    style: await readFile(new URL("page.css", import.meta.url), "utf8"),
    script: await readFile(new URL("page.js", import.meta.url), "utf8"),
    body: html`${header}
      <h2>Details</h2>
      ${sections.map(
        ({ id, title, body }) =>
          html`<details id="${id}">
            <summary><h2>${title}</h2></summary>
            ${body}
          </details>`,
      )}`,
  });
}
