import { at } from "../../common/at.ts";
import type { FeatureShape, Scorer } from "../../features/scorer.ts";
import { computeProbabilities, type Labelling, toLogit } from "../../common/labelling.ts";

interface CropOptions {
  readonly labelling?: Labelling | undefined;
  readonly crops: number;
  readonly cropFrames: number;
}

/**
 * Test-time crops around any Scorer: each clip is scored as `crops` crops of `cropFrames` frames that start at
 * i x frames / crops and wrap round. Logits out are those of the crops' mean probabilities. Disposing is the inner
 * Scorer's owner's business.
 */
export function createCropScorer(scorer: Scorer, { crops, cropFrames, labelling }: CropOptions): Scorer {
  const toLogits = labelling === "several" ? toLogit : Math.log;
  const score = async (
    features: Float32Array,
    [clips, frames, bands]: FeatureShape,
  ): Promise<Float32Array> => {
    const perCrop: Float32Array[] = [];
    for (let crop = 0; crop < crops; crop++) {
      const start = Math.floor((crop * frames) / crops);
      const cut = cutCrops(features, [clips, frames, bands], start, cropFrames);
      const logits = await scorer.score(cut, [clips, cropFrames, bands]);
      perCrop.push(activateRows(logits, clips, labelling));
    }
    return at(perCrop, 0).map((_, index) =>
      toLogits(perCrop.reduce((sum, probabilities) => sum + at(probabilities, index), 0) / crops),
    );
  };
  return { score, dispose: () => Promise.resolve() };
}

function cutCrops(
  features: Float32Array,
  [clips, frames, bands]: FeatureShape,
  start: number,
  cropFrames: number,
): Float32Array {
  const crops = new Float32Array(clips * cropFrames * bands);
  for (let clip = 0; clip < clips; clip++)
    for (let frame = 0; frame < cropFrames; frame++) {
      const from = (clip * frames + ((start + frame) % frames)) * bands;
      crops.set(features.subarray(from, from + bands), (clip * cropFrames + frame) * bands);
    }
  return crops;
}

function activateRows(logits: Float32Array, rows: number, labelling?: Labelling): Float32Array {
  const classes = logits.length / rows;
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes)
    probabilities.set(computeProbabilities(logits.subarray(start, start + classes), { labelling }), start);
  return probabilities;
}
