import type { FeatureExtractor } from "../../features/extractor.ts";
import { melPowerName, melWeightsName } from "../../features/graph/tensor-names.ts";
import type { Scorer } from "../../features/scorer.ts";
import { splitModel } from "../../onnx/rewrite/split-model.ts";
import type { SampleShape, ShapedScorer } from "../ort-scorer.ts";

/** A model in two: what makes features of samples, frame by frame, and what scores any number of frames. */
export interface FeatureParts {
  readonly extractor: Pick<FeatureExtractor, "extract">;
  readonly network: Pick<Scorer, "score">;
  readonly dispose: () => Promise<void>;
}

interface OpenScorers {
  readonly openFeatures: (model: Uint8Array) => Promise<ShapedScorer<SampleShape>>;
  readonly openNetwork: (model: Uint8Array) => Promise<Scorer>;
}

/**
 * A model that takes samples, cut at its mel power: the last place where a frame knows nothing of the others.
 * @returns undefined for a file that was built otherwise
 */
export async function openFeatureParts(
  bytes: Uint8Array,
  melBands: number,
  { openFeatures, openNetwork }: OpenScorers,
): Promise<FeatureParts | undefined> {
  const halves = splitModel(bytes, findMelPower, ["batch", "frames", melBands]);
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
    dispose: async () => {
      await Promise.all([features.dispose(), network.dispose()]);
    },
  };
}

/** Under its name; in models of format 1, the product with the mel filters, brought into the shape [batch, frames, bands]. */
function findMelPower(nodes: Nodes): string | undefined {
  if (nodes.some(({ outputs }) => outputs[0] === melPowerName)) return melPowerName;
  const [product] = nodes.find(({ inputs }) => inputs.includes(melWeightsName))?.outputs ?? [];
  return product && nodes.find(({ inputs }) => inputs[0] === product)?.outputs[0];
}

type Nodes = readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
