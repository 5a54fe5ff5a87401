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
 * Reads comma-separated text with a header line: BOM, CRLF, quoted fields with commas, quotes and line breaks. Where
 * the header has semicolons or tabs instead, as spreadsheets write in some countries, those separate.
 * Column names count without case; columns that `schema` does not name are ignored. Never throws on bad text: every
 * problem becomes one line.
 * @param name how problems call the file
 * @param rename gives the schema's name of a column, which is in lower case
 */
export function parseCsvTable<Schema extends z.ZodObject>(
  text: string,
  name: string,
  schema: Schema,
  rename = (column: string): string => column,
): CsvTable<z.output<Schema>> {
  const rows: CsvTable<z.output<Schema>>["rows"] = [];
  const { columns, records, problems } = readRecords(text, name, rename);
  const required = new Set(schema.safeParse({}).error?.issues.map(({ path }) => String(path[0])));
  const renamed = columns.map(rename);
  const missing = [...required].filter((column) => !renamed.includes(column));
  if (problems.length > 0) return { rows, problems };
  if (missing.length > 0) {
    const expected = `the column${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`;
    return { rows, problems: [`${name}: expected ${expected}, got ${columns.join(", ") || "none"}`] };
  }
  for (const { record, info } of records) {
    const result = schema.safeParse(record);
    if (result.success) rows.push({ line: info.lines, value: result.data });
    else
      problems.push(
        ...result.error.issues.map((issue) => `${name} line ${info.lines}: ${describe(issue, record)}`),
      );
  }
  return { rows, problems };
}

interface CsvRecords {
  readonly columns: readonly string[];
  readonly records: z.infer<typeof recordsSchema>;
  readonly problems: string[];
}

function readRecords(text: string, name: string, rename: (column: string) => string): CsvRecords {
  let columns: string[] = [];
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      delimiter: findDelimiter(text),
      columns: (header: string[]) => {
        columns = header.map((column) => column.trim().toLowerCase());
        return columns.map(rename);
      },
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
    return { columns, records: recordsSchema.parse(parsed), problems: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem = `${name}: expected comma-separated values with a header line, got ${error.message}`;
    return { columns, records: [], problems: [problem] };
  }
}

/** The one that stands most often in the header line. */
export function findDelimiter(text: string): string {
  const [header = ""] = text.split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((delimiter) => ({
    delimiter,
    count: header.split(delimiter).length,
  }));
  return counts.reduce((most, other) => (other.count > most.count ? other : most)).delimiter;
}

function describe(issue: z.core.$ZodIssue, record: Record<string, string>): string {
  const column = issue.path.map(String).join(".");
  return `${column}: ${issue.message}, got ${JSON.stringify(record[column])}`;
}
