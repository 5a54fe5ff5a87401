import { html } from "../../common/html.ts";
import { summariseField } from "../analysis/field.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { formatPercent, formatScore } from "../page/format.ts";
import { renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** What the networks find in minutes of background, where the field benchmark has asked them. */
export function writeField({ main: { run } }: ReportData): Section | null {
  if (run.field === null) return null;
  const { rows, clipAccuracy, bedAlarmsPerHour } = summariseField(run.field);
  const { scenes, beds } = run.field.settings;
  return {
    id: "field",
    title: "In the field",
    body: html`<p>
        ${String(scenes)} minutes a fold of a background that training did not see, with none to four sounds
        of the fold's test clips in each, at three signal-to-noise ratios; and ${String(beds)} minutes a fold
        of background alone, in which there were ${bedAlarmsPerHour.toFixed(1)} false alarms an hour. On the
        clips as they are the class accuracy is ${formatPercent(clipAccuracy)} %. Each fold is answered by a
        network that was not trained on it; the numbers are means over the folds.
      </p>
      ${renderTable({
        caption: "Events found: class, start and end right, within a collar",
        rows,
        columns: [
          { title: "Signal to noise", kind: "text", cell: ({ snrDb }) => `${snrDb} dB` },
          { title: "event F1, 1 s", cell: ({ eventF1 }) => formatScore(eventF1[0]) },
          { title: "event F1, 0.25 s", cell: ({ eventF1 }) => formatScore(eventF1[1]) },
          { title: "segment F1", cell: ({ segmentF1 }) => formatScore(segmentF1) },
          { title: "class accuracy, %", cell: ({ classAccuracy }) => formatPercent(classAccuracy) },
          {
            title: "overlapping events found",
            cell: ({ overlaps: { events, found } }) => `${found} of ${events}`,
          },
          {
            title: "false alarms an hour",
            cell: ({ falseAlarmsPerHour }) => falseAlarmsPerHour.toFixed(1),
          },
        ],
      })}`,
  };
}
