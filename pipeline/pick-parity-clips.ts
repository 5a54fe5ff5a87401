import type { LogMel } from "../features/log-mel.ts";
import type { NamedClip } from "../runtime/parity-inputs.ts";
import { openRunFeatures } from "./open-data.ts";
import type { Run } from "./run-folder.ts";

const clipsPerClass = 2;
const mostClips = 40;

/** Real clips that the network was not trained on: of each class the first ones of the validation fold. */
export async function pickParityClips(run: Run): Promise<NamedClip<LogMel>[]> {
  const { featureSet, close } = await openRunFeatures(run.config);
  const folds = run.config.job.folds.validation;
  const taken = new Map<string, number>();
  const picked: NamedClip<LogMel>[] = [];
  for (const [index, clip] of featureSet.clips.entries()) {
    const count = taken.get(clip.label) ?? 0;
    if (!folds.includes(clip.fold) || count >= clipsPerClass || picked.length >= mostClips) continue;
    taken.set(clip.label, count + 1);
    picked.push({ name: clip.id, content: await featureSet.read(index) });
  }
  await close();
  return picked;
}
