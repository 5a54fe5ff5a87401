import { writeReport } from "../../report/write-report.ts";
import { findList } from "../jobs/job-list.ts";
import { formatSummary } from "../screen/format-summary.ts";
import { openRun } from "../runs/run-folder.ts";
import { defineStage } from "../command-line/stage.ts";
import { reportRun } from "../runs/summarise-run.ts";

export const reportStage = defineStage({
  name: "report",
  options: {
    run: {
      type: "string",
      array: true,
      default: ["latest"],
      describe:
        "runs to report on, a list of jobs too: names under runs/, or folders; the first is the main one",
    },
    out: { type: "string", describe: "folder of the report [the first run's]" },
  },
  examples: [
    ["report --run latest", "of the run that was made last"],
    ["report --run esc10-report --run esc10-cv5", "two experiments on one page"],
  ],
  run: async (args) => {
    const [first = "latest", ...others] = args.run;
    const isAlone = others.length === 0 && args.out === undefined && (await findList(first)) === undefined;
    if (isAlone) {
      console.log(formatSummary(await reportRun(await openRun(first))));
      return;
    }
    const folders = await Promise.all(
      args.run.map(async (name) => (await findList(name)) ?? (await openRun(name)).folder),
    );
    const out = args.out ?? folders[0] ?? ".";
    await writeReport(folders, out);
    console.log(`${out}/report.html, report.md, report.json`);
  },
});
