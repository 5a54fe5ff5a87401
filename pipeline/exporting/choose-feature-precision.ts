import * as ort from "onnxruntime-node";
import { at } from "../../common/at.ts";
import { exportTrainedModel, type TrainedExportOptions } from "../../export/export-trained-model.ts";
import type { FeaturePrecision } from "../../features/model-metadata.ts";
import { createOrtScorer, type SampleShape } from "../../runtime/ort-scorer.ts";
import type { TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import { pickRunClips } from "../parity/pick-parity-clips.ts";
import type { Run } from "../runs/run-folder.ts";

/** Largest difference of logits at which plain float32 features count as the exact ones. */
const tolerance = 1e-4;

/**
 * What `--feature-precision auto` takes. Plain float32 loses digits of log(1 + P) in a quiet band beside a loud tone;
 * once a clip is brought to a level that no longer matters. So a model with `clipLevel` takes it when, on validation
 * clips, all logits are within 1e-4 of the exact graph's; every other model takes the exact one, `split`.
 */
export async function chooseFeaturePrecision(
  run: Run,
  trained: TrainedModel,
  options: Pick<TrainedExportOptions, "metadata" | "opset">,
): Promise<FeaturePrecision> {
  if (trained.features.clipLevel === null) return { name: "split" };
  const open = async (featurePrecision: "split" | "float32") => {
    const { bytes } = exportTrainedModel(trained, { ...options, input: "samples", featurePrecision });
    return createOrtScorer<SampleShape>(await ort.InferenceSession.create(bytes), ort);
  };
  const [exact, fast] = [await open("split"), await open("float32")];
  const clips = await pickRunClips(run);
  let maxLogitDifference = 0;
  for (const { samples } of clips) {
    const expected = await exact.score(samples, [1, samples.length]);
    const actual = await fast.score(samples, [1, samples.length]);
    for (const [index, logit] of actual.entries())
      maxLogitDifference = Math.max(maxLogitDifference, Math.abs(logit - at(expected, index)));
  }
  await Promise.all([exact.dispose(), fast.dispose()]);
  const isEqual = clips.length > 0 && maxLogitDifference <= tolerance;
  return { name: isEqual ? "float32" : "split", maxLogitDifference, clips: clips.length };
}
