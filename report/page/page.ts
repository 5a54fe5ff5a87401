import { readFile } from "node:fs/promises";
import { renderHtmlPage } from "../../common/html-page.ts";
import { html, type Html } from "../../common/html.ts";

interface PageContent {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
}

/** The report's page: header, contents and sections. */
export async function renderPage({ title, header, sections }: PageContent): Promise<string> {
  return renderHtmlPage({
    title,
    style: await readFile(new URL("page.css", import.meta.url), "utf8"),
    script: await readFile(new URL("page.js", import.meta.url), "utf8"),
    body: html`${header}
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
      )}`,
  });
}
