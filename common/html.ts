/** Text that may stand in a page as it is. Only `html` and `trustHtml` make it, so that other text is escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Template whose values are escaped unless they are `Html`; lists are joined, null, undefined and false vanish. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + renderContent(values[index])).join(""));
}

/** Takes over markup that our own code made, such as an SVG. */
export function trustHtml(markup: string): Html {
  return new Html(markup);
}

/** For element content and quoted attributes alike. */
export function escapeHtml(text: string): string {
  const entities = new Map([
    ["&", "&amp;"],
    ["<", "&lt;"],
    [">", "&gt;"],
    ['"', "&quot;"],
    ["'", "&#39;"],
  ]);
  // Control characters have no place in HTML; the others keep their looks.
  const visible = text.replaceAll(/[^\P{Cc}\t\n\r]/gu, "\uFFFD");
  return visible.replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? character);
}

function renderContent(content: Content): string {
  if (content instanceof Html) return content.markup;
  if (content === null || content === undefined || content === false) return "";
  if (typeof content === "object") return content.map(renderContent).join("");
  return escapeHtml(String(content));
}
