import type { ReportData } from "../analysis/report-data.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate } from "../page/parts.ts";

/** What the runs lack; it stands right below the headline, so that nobody takes half a run for a whole one. */
export function writeProblems({ problems }: ReportData): Html | null {
  if (problems.length === 0) return null;
  return html`<section class="problems" aria-label="What is missing">
    <h2>What is missing</h2>
    <ul>
      ${problems.map((problem) => html`<li>${isolate(problem)}</li>`)}
    </ul>
  </section>`;
}
