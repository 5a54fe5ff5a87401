import { html, type Html } from "../../common/html.ts";

/** A column of a table; numbers are set flush right with aligned digits. */
export interface Column<Row> {
  readonly title: string | Html;
  readonly kind?: "text" | "number";
  /** Heading over this and the neighbouring columns of the same group. */
  readonly group?: string;
  readonly cell: (row: Row, index: number) => Html | string | number | null;
}

interface TableOptions<Row> {
  readonly caption: string | Html;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Marks a row, e.g. as the one that failed. */
  readonly rowClass?: (row: Row) => string | null;
}

/** A table that scrolls sideways on narrow screens; the first column names the row. */
export function renderTable<Row>({ caption, columns, rows, rowClass }: TableOptions<Row>): Html {
  const cellClass = (column: Column<Row>): string => (column.kind === "text" ? "text" : "number");
  const head = columns.map(
    (column) => html`<th scope="col" class="${cellClass(column)}">${column.title}</th>`,
  );
  const body = rows.map((row, index) => {
    const cells = columns.map((column, place) => {
      const content = column.cell(row, index);
      return place === 0
        ? html`<th scope="row" class="${cellClass(column)}">${content}</th>`
        : html`<td class="${cellClass(column)}">${content}</td>`;
    });
    return html`<tr class="${rowClass?.(row) ?? ""}">
      ${cells}
    </tr>`;
  });
  return html`<div class="table" tabindex="0" role="region" aria-label="${stripMarkup(caption)}">
    <table class="${columns.length > 10 ? "dense" : ""}">
      <caption>
        ${caption}
      </caption>
      <thead>
        ${renderGroups(columns)}
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

/** A row of headings over groups of columns, where any column belongs to one. */
function renderGroups<Row>(columns: readonly Column<Row>[]): Html | null {
  if (columns.every(({ group }) => group === undefined)) return null;
  const groups: { group: string | undefined; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last !== undefined && last.group === group) last.span++;
    else groups.push({ group, span: 1 });
  }
  const cells = groups.map(({ group, span }) =>
    group === undefined
      ? html`<td colspan="${span}"></td>`
      : html`<th scope="colgroup" colspan="${span}" class="group">${group}</th>`,
  );
  return html`<tr class="groups">
    ${cells}
  </tr>`;
}

interface FigureOptions {
  readonly title: string;
  readonly chart: Html;
  /** What to see in it. */
  readonly note?: string | Html | null;
}

export function renderFigure({ title, chart, note }: FigureOptions): Html {
  return html`<figure>
    <figcaption>
      <strong>${isolate(title)}</strong>
      ${note !== undefined && note !== null && html`<span>${note}</span>`}
    </figcaption>
    ${chart}
  </figure>`;
}

/** Figures side by side as far as the page is wide. */
export function renderPanels(figures: readonly Html[], width: "narrow" | "phone" | "wide" = "phone"): Html {
  return html`<div class="panels ${width}">${figures}</div>`;
}

/** Keeps a name of unknown script and direction from disturbing the text around it. */
export function isolate(name: string): Html {
  return html`<bdi>${name}</bdi>`;
}

function stripMarkup(caption: string | Html): string {
  return typeof caption === "string" ? caption : caption.markup.replaceAll(/<[^>]*>/g, "");
}
