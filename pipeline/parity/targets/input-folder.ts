import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "../../program-folders.ts";
import type { ParityInput } from "../../../runtime/parity/parity-inputs.ts";

const root = path.join(cacheFolder, "parity");

/** Where other programs find the model and the inputs: `model.onnx`, `parity-inputs.json`, float32 files. */
export async function withInputFolder<Answer>(
  model: Uint8Array,
  inputs: readonly ParityInput<readonly number[]>[],
  use: (folder: string) => Promise<Answer>,
): Promise<Answer> {
  await mkdir(root, { recursive: true });
  const folder = path.resolve(await mkdtemp(path.join(root, "inputs-")));
  try {
    await writeFile(path.join(folder, "model.onnx"), model);
    const list = inputs.map(({ shape }, index) => ({ shape, file: `parity-input-${index}.bin` }));
    await writeFile(path.join(folder, "parity-inputs.json"), JSON.stringify(list));
    for (const [index, { values }] of inputs.entries()) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await writeFile(path.join(folder, `parity-input-${index}.bin`), bytes);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
