import type { FeatureExtractor } from "../features/extractor.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import type { ClipScorer } from "./clip-scorer.ts";
import type { FeatureParts } from "./timeline/feature-parts.ts";
import type { Backend } from "./open-session.ts";
import type { SoundReader } from "./audio/sound-reader.ts";

/**
 * What the model says about itself, with the figures that callers ask for most.
 *
 *     const { labels, sampleRateHz, windowSeconds, verified }: ClassifierInfo = classifier.info;
 */
export interface ClassifierInfo extends ModelMetadata {
  readonly sampleRateHz: number;
  /** Length of the clips that the model was trained on. */
  readonly windowSeconds: number;
  /** Whether the model passed the parity test on every target that it was given. */
  readonly verified: boolean;
}

/** A model that is read, checked and started: what `createClassifier` makes a classifier of. */
export interface LoadedModel<Source> {
  readonly info: ClassifierInfo;
  readonly backend: Backend;
  readonly scorer: ClipScorer;
  /** The model as its features and its network, for windows that overlap; undefined where it cannot be cut. */
  readonly openParts: () => Promise<FeatureParts | undefined>;
  /** The model up to its embedding; undefined where its last layer is not linear. Called at most once. */
  readonly openTrunk: () => Promise<ClipScorer | undefined>;
  readonly reader: SoundReader<Source>;
  /** Log-mel without the network, for pictures of a sound; called at most once. */
  readonly openExtractor: () => Promise<FeatureExtractor>;
}
