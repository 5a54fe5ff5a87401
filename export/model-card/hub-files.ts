import { metadataKey, type ModelMetadata } from "../../features/model-metadata.ts";
import { UserError } from "../../common/user-error.ts";
import { computeSeal } from "../../features/model-seal.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { divideOutput, renameInput } from "../../onnx/rewrite/rename-values.ts";

/** Name under which transformers.js feeds waveforms to audio classifiers of the wav2vec2 family. */
const hubInputName = "input_values";

/** The text of each file beside `onnx/model.onnx`, by its path in the folder. */
export type HubFiles = Readonly<Record<"config.json" | "preprocessor_config.json" | "README.md", string>>;

/**
 * What transformers.js and the Hugging Face Hub read beside `onnx/model.onnx`. The model stands there as a wav2vec2
 * classifier, the family whose preprocessor hands over raw mono samples: resampled to `sampling_rate`, unchanged.
 * @param card the model card, `README.md` @throws UserError for a model that takes features, or of several classes a clip
 */
export function describeHubFiles(
  { input, labels, features, labelling }: ModelMetadata,
  card: string,
): HubFiles {
  if (labelling === "several")
    throw new UserError(
      "--layout hub: expected a model of one class a clip, got a multi-label one, of whose logits transformers.js would take the softmax; --layout triton, or the file itself",
    );
  if (input !== "samples")
    throw new UserError(
      `--layout hub: expected --input samples, for transformers.js feeds samples, got ${input}`,
    );
  const config = {
    model_type: "wav2vec2",
    architectures: ["Wav2Vec2ForSequenceClassification"],
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    // Browsers would look for an 8-bit file otherwise.
    "transformers.js_config": { dtype: "fp32" },
  };
  const preprocessor = {
    feature_extractor_type: "Wav2Vec2FeatureExtractor",
    feature_size: 1,
    sampling_rate: features.sampleRateHz,
    do_normalize: false,
    return_attention_mask: false,
    padding_value: 0,
    padding_side: "right",
  };
  return {
    "config.json": `${JSON.stringify(config, undefined, 2)}\n`,
    "preprocessor_config.json": `${JSON.stringify(preprocessor, undefined, 2)}\n`,
    "README.md": card,
  };
}

/**
 * `onnx/model.onnx`: the model with the input's name that transformers.js feeds. transformers.js takes the softmax of
 * `logits`, so these are divided by the temperature here, and `temperature` leaves the metadata. The rest of the graph
 * is the same, so the parity verdicts stay; they are of the logits before the division.
 */
export function makeHubModel(bytes: Uint8Array, metadata: ModelMetadata): Uint8Array {
  const { temperature, ...unscaled } = metadata;
  const fed = renameInput(bytes, metadata.input, hubInputName);
  const model = temperature === undefined ? fed : divideOutput(fed, "logits", temperature);
  const isProven = metadata.graphHash === hashGraph(bytes);
  const isSealed = metadata.seal === computeSeal(metadata, bytes);
  const described = JSON.stringify({
    ...unscaled,
    ...(isProven && { graphHash: hashGraph(model) }),
    ...(isSealed && { seal: computeSeal(unscaled, model) }),
  });
  return writeMetadata(model, readMetadata(model).set(metadataKey, described));
}
