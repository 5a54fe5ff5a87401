import { readFile } from "node:fs/promises";
import type * as z from "zod";
import { writeFileAtomically } from "../common/write-atomically.ts";
import { UserError } from "../common/user-error.ts";

/** JSON with two spaces and a final newline, written atomically. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** A file that a stage wrote, or undefined where there is none. @throws UserError when it was cut or changed */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseText(text));
  if (parsed.success) return parsed.data;
  throw new UserError(`${file}: expected what a stage wrote, got a file that was cut or changed; remove it`);
}

/** As `readJson`, for what its stage can make again: a file that was cut or changed is named, and counts as missing. */
export async function readIfWhole<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  try {
    return await readJson(file, schema);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`note: ${file} was cut or changed; it is made again`);
    return undefined;
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
