import type { ReportData } from "../analysis/report-data.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { html } from "../../common/html.ts";
import { isolate, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** Commands, machine and settings that make the run again. */
export function writeReproduction({ runs }: ReportData): Section | null {
  const parts = runs.flatMap(({ run, variants }) => {
    const settings = [...(variants[0]?.settings.all ?? [])];
    const environment = [...run.environment];
    const stages = Object.entries(run.stageSeconds);
    if (settings.length + environment.length + stages.length + run.commands.length === 0) return [];
    return [
      html`${runs.length > 1 && html`<h3>${isolate(run.name)}</h3>`}
        ${run.commands.length > 0 && html`<pre tabindex="0"><code>${run.commands.join("\n")}</code></pre>`}
        <div class="columns">
          ${
            stages.length > 0 &&
            renderPairs(
              "Time of each stage",
              stages.map(([name, s]) => [name, formatSeconds(s)]),
            )
          }
          ${environment.length > 0 && renderPairs("Machine and programs", environment)}
          ${settings.length > 0 && renderPairs("Settings of the training", settings)}
        </div>`,
    ];
  });
  return parts.length === 0 ? null : { id: "reproduce", title: "Reproduce", body: html`${parts}` };
}

function renderPairs(caption: string, pairs: readonly (readonly [string, string | number | boolean])[]) {
  return renderTable({
    caption,
    rows: pairs,
    columns: [
      { title: "What", kind: "text", cell: ([name]) => name },
      { title: "Value", kind: "text", cell: ([, value]) => isolate(String(value)) },
    ],
  });
}
