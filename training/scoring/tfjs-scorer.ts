import type * as tf from "@tensorflow/tfjs";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { normaliseClip, standardise, type Standardisation } from "../../features/input-transform.ts";
import type { FeatureShape, Scorer } from "../../features/scorer.ts";
import { predictLogits } from "./predict-logits.ts";

export interface ScoringModel {
  readonly model: tf.LayersModel;
  readonly features: FeatureConfig;
  readonly standardisation: Standardisation;
}

/** The trained network as a Scorer: raw log-mel in, logits out; level, clip mean and standardisation are applied here. */
export function createTfjsScorer({ model, features, standardisation }: ScoringModel): Scorer {
  const score = async (values: Float32Array, shape: FeatureShape): Promise<Float32Array> =>
    await predictLogits(model, transformInputs(values, shape, features, standardisation), shape);
  return {
    score,
    dispose: () => {
      model.dispose();
      return Promise.resolve();
    },
  };
}

/** Raw log-mel to what the network sees: level, clip mean, standardisation. */
export function transformInputs(
  values: Float32Array,
  [clips, frames, bands]: FeatureShape,
  features: FeatureConfig,
  standardisation: Standardisation,
): Float32Array {
  const size = frames * bands;
  const inputs = new Float32Array(values.length);
  for (let clip = 0; clip < clips; clip++) {
    const raw = { values: values.subarray(clip * size, (clip + 1) * size), frames, bands };
    inputs.set(normaliseClip(raw, features).values, clip * size);
  }
  standardise(inputs, standardisation);
  return inputs;
}
