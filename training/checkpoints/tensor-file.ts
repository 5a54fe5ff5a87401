import { at } from "../../common/at.ts";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";

export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What stands beside a file of float32 values: its names, shapes and SHA-256. */
export const tensorFileSchema = z.strictObject({
  file: z.string(),
  sha256: z.string(),
  tensors: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int().nonnegative()) })),
});

export type TensorFile = z.infer<typeof tensorFileSchema>;

/** Writes values one after another, little-endian. Returns what `readTensorFile` needs to read and check them. */
export async function writeTensorFile(
  folder: string,
  file: string,
  tensors: readonly NamedValues[],
): Promise<TensorFile> {
  const bytes = Buffer.concat(
    tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
  await writeFile(path.join(folder, file), bytes, { flush: true });
  return {
    file,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    tensors: tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
  };
}

/** Reads values back. @throws UserError when the file is missing, cut or changed */
export async function readTensorFile(folder: string, description: TensorFile): Promise<NamedValues[]> {
  const file = path.join(folder, description.file);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file}: expected the values of a checkpoint, got no readable file`, {
      cause: error,
    });
  });
  const sizes = description.tensors.map(({ shape }) => shape.reduce((size, axis) => size * axis, 1));
  const expectedBytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== expectedBytes)
    throw new UserError(`${file}: expected ${expectedBytes} bytes, got ${bytes.length}: the file was cut`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== description.sha256)
    throw new UserError(
      `${file}: expected SHA-256 ${description.sha256}, got ${sha256}: the file was changed`,
    );
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  let start = 0;
  return description.tensors.map(({ name, shape }, index) => {
    const end = start + at(sizes, index);
    const tensor = { name, shape, values: values.slice(start, end) };
    start = end;
    return tensor;
  });
}
