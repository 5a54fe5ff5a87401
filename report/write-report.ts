import path from "node:path";
import { writeFileAtomically } from "../common/write-atomically.ts";
import { analyseRuns } from "./analysis/report-data.ts";
import { renderPage } from "./page/page.ts";
import { html } from "../common/html.ts";
import { readRun } from "./run/read-run.ts";
import { writeHeadline, writeProblems } from "./sections/headline.ts";
import { writeOverview } from "./sections/overview.ts";
import { writeSections } from "./sections/sections.ts";
import { summariseAsJson } from "./summary-json.ts";
import { summariseAsMarkdown } from "./summary-markdown.ts";

/** Paths of what was written, and what the runs lacked. */
export interface WrittenReport {
  readonly html: string;
  readonly json: string;
  readonly markdown: string;
  /** Sentences, as the report shows them. */
  readonly problems: readonly string[];
}

/**
 * Writes `report.html`, one self-contained page, with `report.json` and `report.md` beside it.
 * @param runFolders one or more runs; the first is shown in full, the others beside it
 * @throws UserError when a folder does not exist
 */
export async function writeReport(runFolders: readonly string[], outFolder: string): Promise<WrittenReport> {
  const report = analyseRuns(await Promise.all(runFolders.map(readRun)));
  const { run, variant } = report.main;
  const page = await renderPage({
    title: `${variant?.title ?? "A run"} on ${run.data.name} – earshot`,
    header: html`${writeHeadline(report)}${writeProblems(report)}${await writeOverview(report)}`,
    sections: await writeSections(report),
  });
  const files = {
    html: path.join(outFolder, "report.html"),
    json: path.join(outFolder, "report.json"),
    markdown: path.join(outFolder, "report.md"),
  };
  await writeFileAtomically(files.html, page);
  await writeFileAtomically(files.json, `${JSON.stringify(summariseAsJson(report), null, 2)}\n`);
  await writeFileAtomically(files.markdown, summariseAsMarkdown(report));
  return { ...files, problems: report.problems };
}
