import type * as z from "zod";
import type { CsvTable } from "./parse-csv-table.ts";

/** Reads one JSON object a line, as `parseCsvTable` reads rows; empty lines are skipped. */
export function parseJsonLines<Schema extends z.ZodObject>(
  text: string,
  name: string,
  schema: Schema,
  rename = (column: string): string => column,
): CsvTable<z.output<Schema>> {
  const rows: CsvTable<z.output<Schema>>["rows"] = [];
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const place = `${name} line ${index + 1}`;
    const value = parseObject(line, rename);
    if (value === undefined) {
      problems.push(`${place}: expected a JSON object, got ${line.slice(0, 40)}`);
      continue;
    }
    const result = schema.safeParse(value);
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

/** `undefined` for what is no JSON object. */
function parseObject(line: string, rename: (column: string) => string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).map(([key, own]) => [rename(key.toLowerCase()), joinList(own)]),
    );
  } catch {
    return undefined;
  }
}

/** `["dog"]` is "dog"; several values stand as in a CSV's cell. */
function joinList(value: unknown): unknown {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value.join(",") : value;
}
