import { checkLeakage } from "../analysis/leakage.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { formatAmount, formatFolds, formatList } from "../page/format.ts";
import { html } from "../../common/html.ts";
import { isolate, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

const maxRows = 20;
const maxSkipped = 100;

/** Whether clips of one recording were split over folds, which inflates every accuracy. */
export function writeLeakage({ main: { run } }: ReportData): Section | null {
  const check = checkLeakage(run);
  const { warnings, skipped } = run.data;
  if (check === null && warnings.length === 0 && skipped.length === 0) return null;
  return {
    id: "leakage",
    title: "Leakage check",
    body: html`${
      check !== null &&
      html`<p>
        ${formatAmount(check.clips, "clip")} of ${formatAmount(check.sources, "recording")} in
        ${formatFolds(check.folds)} were
        checked${!check.complete && " (only those that were scored: the run kept no list of all its clips)"}.
        ${
          check.leaking.length === 0
            ? "Every recording lies in one fold, so no test clip shares its recording with a training clip."
            : `${formatAmount(check.leaking.length, "recording")} ${check.leaking.length === 1 ? "lies" : "lie"} in more than one fold: their clips may be known from training.`
        }
      </p>`
    }
    ${
      check !== null &&
      check.leaking.length > 0 &&
      renderTable({
        caption:
          check.leaking.length > maxRows ? `The first ${maxRows} of them` : "Recordings in several folds",
        rows: check.leaking.slice(0, maxRows),
        columns: [
          { title: "Recording", kind: "text", cell: ({ source }) => isolate(source) },
          { title: "folds", kind: "text", cell: ({ folds }) => formatList(folds) },
          { title: "clips", cell: ({ clips }) => clips },
        ],
      })
    }
    ${
      check !== null &&
      check.ambiguous.length > 0 &&
      html`<p>${formatAmount(check.ambiguous.length, "clip")} stand under more than one class.</p>`
    }
    ${
      warnings.length > 0 &&
      html`<h3>Warnings about the data set</h3>
        <ul>
          ${warnings.map((warning) => html`<li>${isolate(warning)}</li>`)}
        </ul>`
    }
    ${
      skipped.length > 0 &&
      html`<h3>${formatAmount(skipped.length, "clip")} left out</h3>
        <p>They could not be used (<code>--skip-bad-clips</code>), and were neither trained on nor scored.</p>
        <ul>
          ${skipped.slice(0, maxSkipped).map(({ reason }) => html`<li>${isolate(reason)}</li>`)}
          ${skipped.length > maxSkipped && html`<li>and ${skipped.length - maxSkipped} more</li>`}
        </ul>`
    }`,
  };
}
