import type { ReportData } from "../analysis/report-data.ts";
import type { Html } from "../../common/html.ts";

/** A chapter of the report. */
export interface Section {
  /** Target of the table of contents. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** Writes a chapter; null when these runs give it nothing to say. */
export type SectionWriter = (report: ReportData) => Section | null | Promise<Section | null>;
