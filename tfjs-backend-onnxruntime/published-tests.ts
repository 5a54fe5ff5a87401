import { readFile } from "node:fs/promises";
import * as z from "zod";
import { at } from "../common/at.ts";

const publishedTestsSchema = z.strictObject({
  /** By file of tfjs-core, without those listed below. */
  files: z.record(
    z.string(),
    z.strictObject({
      passed: z.number(),
      unsupported: z.number(),
      /** Kernels that the unsupported ones ask for, or what they compute with: names with commas between. */
      lacking: z.string(),
    }),
  ),
  /** Tests that are known to fail, each with the reason. */
  failing: z.record(z.string(), z.string()),
  /** Tests that ask for more than float32 gives and pass or fail by the processor's instructions, with the reason. */
  dependsOnProcessor: z.record(z.string(), z.string()),
});

/** What TF.js's own tests say of the backend. */
export type PublishedTests = z.infer<typeof publishedTestsSchema>;

/** Kept beside this file; a test fails when it is out of date. */
export const publishedTestsFile = new URL("published-tests.json", import.meta.url);

export async function readPublishedTests(): Promise<PublishedTests> {
  return publishedTestsSchema.parse(JSON.parse(await readFile(publishedTestsFile, "utf8")));
}

/** A chapter of docs/reference/kernels.md. */
export function describePublishedTests({ files, failing, dependsOnProcessor }: PublishedTests): string[] {
  const all = Object.values(files);
  const passed = all.reduce((sum, file) => sum + file.passed, 0);
  const unsupported = all.reduce((sum, file) => sum + file.unsupported, 0);
  const undecided = Object.entries(dependsOnProcessor);
  const listed = [...Object.entries(failing), ...undecided];
  const rows = Object.entries(files).map(([file, counts]) => [
    file,
    String(counts.passed),
    String(counts.unsupported),
    counts.lacking,
  ]);
  return [
    "## TF.js's own tests",
    "",
    "tfjs-core publishes its tests with the package, and `npm test` runs all of those that compute on a backend: " +
      `${passed} pass, ${unsupported} need what is not supported, ${listed.length - undecided.length} fail for a known reason, ${undecided.length} pass or fail by the processor's last bit. ` +
      "A test that passes only because it waits for an error, and gets the one of a missing kernel, counts as not " +
      "supported. tfjs-layers publishes no tests; ours compare its layers with TF.js's CPU backend.",
    "",
    ...listed.map(([test, reason]) => `- \`${test}\`: ${reason}`),
    "",
    ...makeTable([["Tests", "Pass", "Not supported", "For lack of"], ...rows]),
    "",
  ];
}

/** A Markdown table with aligned columns, as prettier writes it; the first row is the head. */
export function makeTable(rows: readonly (readonly string[])[]): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const format = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(at(widths, column))).join(" | ")} |`;
  return [format(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(format)];
}
