import path from "node:path";
import * as z from "zod";
import type { Labelling } from "../../../common/labelling.ts";
import type { FolderListing } from "../../list-files.ts";
import { parseCsvTable, type CsvTable } from "../parse-csv-table.ts";
import { parseJsonLines } from "../parse-json-lines.ts";
import { readText } from "../read-text.ts";
import { readSplitWord } from "../structural-names.ts";
import { dropComments, type Table } from "./find-tables.ts";
import type { Field } from "./name-columns.ts";

/** An empty cell is one that is not there. */
const optionalCell = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((cell) => (cell === "" || cell === null ? undefined : cell), schema.optional());

const expectsFold = "expected a whole number from 1";
const expectsSeconds = "expected seconds from 0";
const expectsSplit = "expected train, validation or test";
/** `1,5` as some countries write it. */
const seconds = z.preprocess(
  (cell) => (typeof cell === "string" ? cell.replace(/^(\d+),(\d+)$/, "$1.$2") : cell),
  z.coerce.number(expectsSeconds).min(0, expectsSeconds),
);
const text = (expects: string) =>
  z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], expects);

const oneLabel = text("expected a class").refine((label) => label !== "", "expected a class");
/** An empty cell: none of the classes. */
const labelList = z.preprocess((cell) => cell ?? "", text("expected classes"));

const makeRowSchema = (minFold: number, label: typeof oneLabel | typeof labelList) =>
  z.object({
    path: z.string("expected a path").min(1, "expected a path"),
    label,
    fold: optionalCell(z.coerce.number(expectsFold).int(expectsFold).min(minFold, expectsFold)),
    split: optionalCell(
      z.string(expectsSplit).transform((word, context) => {
        const part = readSplitWord(word);
        if (part === undefined) context.addIssue({ code: "custom", message: expectsSplit });
        return part ?? z.NEVER;
      }),
    ),
    group: optionalCell(text("expected a name")),
    start: optionalCell(seconds),
    end: optionalCell(seconds),
  });

type RowSchema = ReturnType<typeof makeRowSchema>;

const rowSchemas: Record<Labelling, readonly [fromOne: RowSchema, fromZero: RowSchema]> = {
  one: [makeRowSchema(1, oneLabel), makeRowSchema(0, oneLabel)],
  several: [makeRowSchema(1, labelList), makeRowSchema(0, labelList)],
};

export type ManifestRow = z.infer<RowSchema>;

/** The column that says of which class a sound is: with several, the one made for it. */
export function pickLabelColumn(
  { columns, severalLabels }: Table["named"],
  labelling: Labelling,
): string | undefined {
  const one = columns.get("label");
  return labelling === "several" ? (severalLabels ?? one) : (one ?? severalLabels);
}

/** The rows of a table as its columns are named, with one problem for each row that does not fit. */
export async function parseManifestRows(
  { root }: FolderListing,
  { name, named }: Table,
  labelling: Labelling,
): Promise<CsvTable<ManifestRow>> {
  const content = await readText(path.join(root, name));
  const label = pickLabelColumn(named, labelling);
  const columns = [...named.columns].filter(([field]) => field !== "label");
  const names = new Map(columns.map(([field, column]) => [column.toLowerCase(), field] as const));
  if (label !== undefined) names.set(label.toLowerCase(), "label");
  // Folds from 1; or from 0, as scikit-learn counts.
  const [fromOneSchema, fromZeroSchema] = rowSchemas[labelling];
  const rename = (column: string): string => {
    const field: Field | undefined = names.get(column);
    if (field !== undefined) return field;
    return column in fromOneSchema.shape ? `other ${column}` : column; // a column that only looks like one of ours
  };
  const parse = (schema: RowSchema): CsvTable<ManifestRow> =>
    /\.(?:jsonl|ndjson)$/i.test(name)
      ? parseJsonLines(content, name, schema, rename)
      : parseCsvTable(dropComments(content), name, schema, rename);
  const { rows, problems } = parse(fromZeroSchema);
  const folds = new Set(rows.flatMap(({ value }) => value.fold ?? []));
  if (!folds.has(0)) return { rows, problems };
  const isZeroBased = folds.size >= 3 && Math.max(...folds) === folds.size - 1;
  if (!isZeroBased) return parse(fromOneSchema);
  const fromOne = (fold: number | undefined) => (fold === undefined ? undefined : fold + 1);
  return {
    rows: rows.map(({ line, value }) => ({ line, value: { ...value, fold: fromOne(value.fold) } })),
    problems,
  };
}
