import * as z from "zod";

/**
 * The schema, which also reads settings by names that they had before: a kept run, or a command line in someone's
 * notes. Where both names are given, the old one was typed last, over the settings of a job.
 *
 *     readOldNames(z.strictObject({ mixFraction: z.number() }), { mixShare: "mixFraction" });
 *
 * @param names old name to new
 */
export function readOldNames<Schema extends z.ZodType>(
  schema: Schema,
  names: Readonly<Record<string, string>>,
) {
  const rename = (value: unknown): unknown =>
    typeof value !== "object" || value === null || !Object.keys(names).some((old) => old in value)
      ? value
      : Object.fromEntries([
          ...Object.entries(value).filter(([name]) => !(name in names)),
          ...Object.entries(value).flatMap(([name, setting]) => {
            const renamed = names[name];
            return renamed === undefined ? [] : [[renamed, setting] as const];
          }),
        ]);
  return z.preprocess<unknown, Schema, z.input<Schema>>(rename, schema);
}
