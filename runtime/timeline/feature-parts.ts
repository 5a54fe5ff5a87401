import type { FeatureExtractor } from "../../features/extractor.ts";
import { melPowerName } from "../../features/graph/tensor-names.ts";
import { splitModel } from "../../onnx/rewrite/split-model.ts";
import type { SampleShape, ShapedScorer } from "../ort-scorer.ts";
import type { WindowNetwork } from "./window-network.ts";

/** A model in parts: what makes features of samples, frame by frame, and what scores windows of frames. */
export interface FeatureParts {
  readonly extractor: Pick<FeatureExtractor, "extract">;
  readonly network: WindowNetwork;
  /** From a value of the features to mel power. */
  readonly toPower: (value: number) => number;
  readonly dispose: () => Promise<void>;
}

interface OpenParts {
  readonly openFeatures: (model: Uint8Array) => Promise<ShapedScorer<SampleShape>>;
  readonly openNetwork: (model: Uint8Array) => Promise<WindowNetwork>;
}

/**
 * A model that takes samples, cut at its mel power: the last place where a frame does not depend on the others.
 * @returns undefined for a file that was built otherwise
 */
export async function openFeatureParts(
  bytes: Uint8Array,
  melBands: number,
  { openFeatures, openNetwork }: OpenParts,
): Promise<FeatureParts | undefined> {
  const halves = splitModel(
    bytes,
    (nodes) => nodes.find(({ outputs }) => outputs[0] === melPowerName)?.outputs[0],
    ["batch", "frames", melBands],
  );
  if (halves === undefined) return undefined;
  const features = await openFeatures(halves.before);
  const network = await openNetwork(halves.after);
  return {
    network,
    extractor: {
      async extract(samples) {
        const values = await features.score(samples, [1, samples.length]);
        return { values, frames: values.length / melBands, bands: melBands };
      },
    },
    toPower: (power) => power,
    dispose: async () => {
      await Promise.all([features.dispose(), network.dispose()]);
    },
  };
}
