import type * as z from "zod";
import type { CsvTable } from "./parse-csv-table.ts";

/** Reads one JSON object a line, as `parseCsvTable` reads rows; empty lines are skipped. */
export function parseJsonLines<Schema extends z.ZodObject>(
  text: string,
  name: string,
  schema: Schema,
): CsvTable<z.output<Schema>> {
  const rows: CsvTable<z.output<Schema>>["rows"] = [];
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const place = `${name} line ${index + 1}`;
    const result = schema.safeParse(parseObject(line));
    if (result.success) rows.push({ line: index + 1, value: result.data });
    else {
      const issues = result.error.issues.map(({ path, message }) =>
        [...path.map(String), message].join(": "),
      );
      problems.push(...issues.map((issue) => `${place}: ${issue}`));
    }
  }
  return { rows, problems };
}

/** `undefined`, which no schema of an object takes, for what is no JSON. */
function parseObject(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
