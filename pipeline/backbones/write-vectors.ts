import path from "node:path";
import { at } from "../../common/at.ts";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import type { EmbeddedFile } from "./embed-files.ts";

/** What vectors are written as, by the ending of the file's name. */
const formats: Readonly<Record<string, (embedded: readonly EmbeddedFile[], out: string) => Promise<void>>> = {
  ".jsonl": async (embedded, out) => {
    const lines = embedded.map((one) => JSON.stringify({ ...one, vector: [...one.vector] }));
    await writeFileAtomically(out, `${lines.join("\n")}\n`);
  },
  /** The array alone, [files or windows, numbers]; what its rows are of stands in a file of JSON beside it. */
  ".npy": async (embedded, out) => {
    await writeFileAtomically(out, formatNpy(embedded.map(({ vector }) => vector)));
    const names = embedded.map(({ file, startSeconds, endSeconds }) =>
      startSeconds === undefined ? file : { file, startSeconds, endSeconds },
    );
    await writeFileAtomically(`${out}.files.json`, `${JSON.stringify(names)}\n`);
  },
  /** Columns `file` and `vector`, a list of float32; of windows also `startSeconds` and `endSeconds`. */
  ".parquet": async (embedded, out) => {
    const { parquetWriteBuffer } = await import("hyparquet-writer").catch(() => {
      throw new UserError(
        "--out .parquet: expected the package hyparquet-writer, got none; npm install hyparquet-writer",
      );
    });
    const times = embedded.some(({ startSeconds }) => startSeconds !== undefined)
      ? (["startSeconds", "endSeconds"] as const)
      : [];
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: "file", data: embedded.map(({ file }) => file) },
        ...times.map((name) => ({ name, data: embedded.map((one) => one[name]) })),
        { name: "vector", data: embedded.map(({ vector }) => [...vector]) },
      ],
      schema: [
        { name: "root", num_children: 2 + times.length },
        { name: "file", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
        ...times.map((name) => ({ name, type: "DOUBLE", repetition_type: "REQUIRED" }) as const),
        { name: "vector", num_children: 1, converted_type: "LIST", repetition_type: "REQUIRED" },
        { name: "list", num_children: 1, repetition_type: "REPEATED" },
        { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
      ],
    });
    await writeFileAtomically(out, new Uint8Array(bytes));
  },
};

/** @throws UserError for a name whose ending is no format: before anything is computed */
export function checkVectorFormat(out: string): void {
  if (path.extname(out) in formats) return;
  throw new UserError(
    `--out: expected a name that ends in ${Object.keys(formats).join(", ")}, got ${path.basename(out)}`,
  );
}

/** @throws UserError as `checkVectorFormat` */
export async function writeVectors(embedded: readonly EmbeddedFile[], out: string): Promise<void> {
  checkVectorFormat(out);
  await formats[path.extname(out)]?.(embedded, out);
}

/**
 * Rows of one length as float32, little-endian, in NumPy's format 1.0
 * (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a header that fills 64 bytes, or a multiple.
 */
function formatNpy(rows: readonly Float32Array[]): Uint8Array {
  const columns = at(rows, 0).length;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  const start = 10;
  const length = Math.ceil((start + header.length + 1) / 64) * 64 - start;
  const bytes = new Uint8Array(start + length + 4 * rows.length * columns);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...Buffer.from("NUMPY"), 1, 0]);
  view.setUint16(8, length, true);
  bytes.set(Buffer.from(`${header.padEnd(length - 1)}\n`, "latin1"), start);
  for (const [row, values] of rows.entries())
    for (const [column, value] of values.entries())
      view.setFloat32(start + length + 4 * (row * columns + column), value, true);
  return bytes;
}
