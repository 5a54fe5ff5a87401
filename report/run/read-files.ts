import { readFile } from "node:fs/promises";
import path from "node:path";
import type * as z from "zod";

/** Notes down what a reader could not read. */
export type Complain = (problem: string) => void;

interface ReadOptions {
  readonly folder: string;
  readonly complain: Complain;
  /** Whether its absence is a problem; some files only some runs have. */
  readonly expected?: boolean;
}

/** Reads one JSON file of a run; undefined, with a complaint, when it is missing, cut off or something else. */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  options: ReadOptions,
): Promise<z.output<Schema> | undefined> {
  const text = await readText(file, options);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  options.complain(`${file} cannot be read: ${describeIssue(parsed.error)}.`);
  return undefined;
}

/** Reads a file of JSON lines; what a killed run left of its last line is dropped, with a complaint. */
export async function readJsonLines<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  options: ReadOptions,
): Promise<z.output<Schema>[]> {
  const text = (await readText(file, options)) ?? "";
  const rows: z.output<Schema>[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = schema.safeParse(parseJson(line));
    if (parsed.success) rows.push(parsed.data);
    else options.complain(`${file}, line ${index + 1}, was left out: ${describeIssue(parsed.error)}.`);
  }
  return rows;
}

async function readText(
  file: string,
  { folder, complain, expected = true }: ReadOptions,
): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, file), "utf8");
  } catch {
    if (expected) complain(`${file} is missing.`);
    return undefined;
  }
}

/** Undefined for what is no JSON: every schema refuses it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined || issue.path.length === 0) return "expected whole JSON";
  return `${issue.path.map(String).join(".")}: ${issue.message}`;
}
