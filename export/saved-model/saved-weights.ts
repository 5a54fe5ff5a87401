import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";

const bytesPerElement = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.enum(["float32", "int32", "bool"], { error: "expected float32, int32 or bool" }),
  quantization: z
    .object({
      dtype: z.enum(["uint8", "uint16", "float16"]),
      scale: z.number().optional(),
      min: z.number().optional(),
      original_dtype: z.enum(["float32", "int32"]).optional(),
    })
    .optional(),
});

export const manifestSchema = z.array(
  z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) }),
);

type Manifest = z.infer<typeof manifestSchema>;
type WeightEntry = Manifest[number]["weights"][number];

/** Bytes that the manifest says a weight has. */
function countBytes({ shape, dtype, quantization }: WeightEntry): number {
  return shape.reduce((product, size) => product * size, 1) * bytesPerElement[quantization?.dtype ?? dtype];
}

/**
 * What is wrong with the shards of a manifest. Only sizes are looked at, so that a claim of gigabytes costs nothing.
 */
export async function findShardProblems(folder: string, manifest: Manifest): Promise<string[]> {
  const problems: string[] = [];
  for (const { paths, weights } of manifest) {
    const expected = weights.reduce((sum, weight) => sum + countBytes(weight), 0);
    const sizes = await Promise.all(paths.map((shard) => measureShard(folder, shard)));
    const failures = sizes.filter((size) => typeof size === "string");
    problems.push(...failures);
    const actual = sizes.reduce<number>((sum, size) => sum + (typeof size === "number" ? size : 0), 0);
    if (failures.length === 0 && actual !== expected) {
      problems.push(
        `${paths.join(", ")}: expected ${expected} bytes for ${weights.length} weights, got ${actual}`,
      );
    }
  }
  return problems;
}

/** @returns its bytes, or what is wrong with it */
async function measureShard(folder: string, shard: string): Promise<number | string> {
  const isInside = !path.isAbsolute(shard) && !shard.split(/[\\/]/).includes("..");
  if (!isInside) return `${shard}: expected a file beside model.json, got a path that leads elsewhere`;
  try {
    const entry = await stat(path.join(folder, shard));
    return entry.isFile() ? entry.size : `${shard}: expected a file, got a folder`;
  } catch {
    return `${shard}: expected a weight file, got none of this name`;
  }
}

/** All shards of the manifest, one after the other. */
export async function readShards(folder: string, manifest: Manifest): Promise<ArrayBuffer> {
  const shards = manifest.flatMap(({ paths }) => paths);
  const buffers = await Promise.all(shards.map((shard) => readFile(path.join(folder, shard))));
  return new Uint8Array(Buffer.concat(buffers)).buffer;
}
