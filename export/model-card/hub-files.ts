import type { ModelMetadata } from "../../features/model-metadata.ts";
import { UserError } from "../../common/user-error.ts";

/** Name under which transformers.js feeds waveforms to audio classifiers of the wav2vec2 family. */
export const hubInputName = "input_values";

/** The text of each file beside `onnx/model.onnx`, by its path in the folder. */
export type HubFiles = Readonly<Record<"config.json" | "preprocessor_config.json" | "README.md", string>>;

/**
 * What transformers.js and the Hugging Face Hub read beside `onnx/model.onnx`. The model stands there as a wav2vec2
 * classifier, the family whose preprocessor hands over raw mono samples: resampled to `sampling_rate`, unchanged.
 * @param card the model card, `README.md` @throws UserError for a model that takes features
 */
export function describeHubFiles({ input, labels, features }: ModelMetadata, card: string): HubFiles {
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
