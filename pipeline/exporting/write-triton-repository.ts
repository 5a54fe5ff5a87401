import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { UserError } from "../../common/user-error.ts";
import { readModel } from "../../runtime/read-model.ts";

export interface TritonOptions {
  /** Name of the model in the repository; letters, digits, dots, dashes. */
  readonly name: string;
  /** Windows in a run. */
  readonly maxBatchSize: number;
  /** How long Triton waits for others to fill a run, in microseconds. */
  readonly maxQueueDelayUs: number;
}

/**
 * Writes a model repository that NVIDIA Triton loads as it is: `<folder>/<name>/config.pbtxt`, `labels.txt` and
 * `1/model.onnx`. The configuration is the text form of `ModelConfig` (triton-inference-server/common,
 * protobuf/model_config.proto).
 * @throws ModelError for a file that earshot did not export, UserError for a name that Triton cannot serve
 */
export async function writeTritonRepository(
  folder: string,
  bytes: Uint8Array,
  { name, maxBatchSize, maxQueueDelayUs }: TritonOptions,
): Promise<readonly string[]> {
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new UserError(`--triton-name: expected letters, digits, dots and dashes, got ${name}`);
  const { labels, input, features } = readModel(bytes, name);
  const place = path.join(folder, name);
  const shape = input === "samples" ? [-1] : [-1, features.melBands];
  const config = `# Written by earshot export --layout triton.
name: ${quote(name)}
platform: "onnxruntime_onnx"
max_batch_size: ${maxBatchSize}
input [ { name: ${quote(input)} data_type: TYPE_FP32 dims: [ ${shape.join(", ")} ] } ]
output [
  { name: "logits" data_type: TYPE_FP32 dims: [ ${labels.length} ] label_filename: "labels.txt" },
  { name: "probabilities" data_type: TYPE_FP32 dims: [ ${labels.length} ] label_filename: "labels.txt" }
]
dynamic_batching { preferred_batch_size: [ ${maxBatchSize} ] max_queue_delay_microseconds: ${maxQueueDelayUs} }
version_policy { latest { num_versions: 1 } }
`;
  await mkdir(path.join(place, "1"), { recursive: true });
  await writeFileAtomically(path.join(place, "1", "model.onnx"), bytes);
  await writeFile(
    path.join(place, "labels.txt"),
    labels.map((label) => `${label.replaceAll(/[\r\n]/g, " ")}\n`).join(""),
  );
  await writeFileAtomically(path.join(place, "config.pbtxt"), config);
  return ["config.pbtxt", "labels.txt", "1/model.onnx"].map((file) => path.join(place, file));
}

/** A string of protobuf's text form. */
function quote(text: string): string {
  return JSON.stringify(text);
}
