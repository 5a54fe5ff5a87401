import { writeReport } from "../report/write-report.ts";
import { formatSummary } from "./format-summary.ts";
import { writeJson } from "./json-file.ts";
import { runOption } from "./options.ts";
import { openRun, type Run } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { summariseRun, type RunSummary } from "./summarise-run.ts";

export const reportStage = defineStage({
  name: "report",
  describe: "Tell how good a run is: summary.json, and a page to read and to mail",
  options: runOption,
  examples: [["report -- --run latest", "of the run that was made last"]],
  run: async (args) => {
    const summary = await reportRun(await openRun(args.run));
    console.log(formatSummary(summary));
  },
});

/** Writes a run's `summary.json`, and the report that shows it as a page, as JSON and as Markdown. */
export async function reportRun(run: Run): Promise<RunSummary> {
  const summary = await summariseRun(run);
  await writeJson(run.files.summary, summary);
  await writeReport([run.folder], run.folder);
  return summary;
}
