import { CsvError, parse } from "csv-parse/sync";
import * as z from "zod";

export interface CsvTable<Row> {
  /** Valid rows with the line they start on, from 1. */
  readonly rows: { readonly line: number; readonly value: Row }[];
  readonly problems: string[];
}

const recordsSchema = z.array(
  z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }),
);

/**
 * Reads comma-separated text with a header line: BOM, CRLF, quoted fields with commas, quotes and line breaks.
 * Columns that `schema` does not name are ignored. Never throws on bad text: every problem becomes one line.
 * @param name how problems call the file
 */
export function parseCsvTable<Row>(text: string, name: string, schema: z.ZodType<Row>): CsvTable<Row> {
  const rows: CsvTable<Row>["rows"] = [];
  const problems: string[] = [];
  for (const { record, line } of readRecords(text, name, problems)) {
    const result = schema.safeParse(record);
    if (result.success) rows.push({ line, value: result.data });
    else
      problems.push(
        ...result.error.issues.map((issue) => `${name} line ${line}: ${describe(issue, record)}`),
      );
  }
  return { rows, problems };
}

interface NumberedRecord {
  readonly record: Record<string, string>;
  readonly line: number;
}

function readRecords(text: string, name: string, problems: string[]): NumberedRecord[] {
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map((column) => column.trim().toLowerCase()),
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
    return recordsSchema.parse(parsed).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.push(`${name}: expected comma-separated values with a header line, got ${error.message}`);
    return [];
  }
}

function describe(issue: z.core.$ZodIssue, record: Record<string, string>): string {
  const column = issue.path.map(String).join(".");
  const got = record[column];
  if (got === undefined) return `expected a column ${column}, got ${Object.keys(record).join(", ")}`;
  return `${column}: ${issue.message}, got ${JSON.stringify(got)}`;
}
