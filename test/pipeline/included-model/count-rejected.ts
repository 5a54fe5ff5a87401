import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Classifier, NodeSource, ThresholdOptions } from "../../../runtime/node.ts";
import { drawUnknown, speakUnknown, unknownKinds } from "./unknown-sounds.ts";

export interface RejectedCount {
  readonly kind: string;
  readonly sounds: number;
  /** Of them, those that no class is named for. */
  readonly rejected: number;
  /** The classes named for the others, the most frequent first: `Rain 3, Sea waves 1`. */
  readonly named: string;
}

/** For how many sounds of each unknown kind a model names no class; speech only where espeak-ng is installed. */
export async function* countRejected(
  classifier: Classifier<NodeSource>,
  count: number,
  thresholds?: ThresholdOptions,
): AsyncGenerator<RejectedCount, void, undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-unknown-"));
  try {
    const kinds = [...Object.keys(unknownKinds), "speech"];
    for (const kind of kinds) {
      const sounds = kind === "speech" ? await speakUnknown(folder, count) : drawUnknown(kind, count);
      if (sounds === undefined) continue;
      const named = new Map<string, number>();
      for (const { samples, sampleRateHz } of sounds) {
        const options = thresholds === undefined ? {} : { thresholds };
        const { best } = await classifier.classify({ samples, sampleRateHz }, options);
        if (best !== undefined) named.set(best.label, (named.get(best.label) ?? 0) + 1);
      }
      const ranked = [...named].sort((one, other) => other[1] - one[1]);
      const rejected = count - ranked.reduce((sum, [, times]) => sum + times, 0);
      yield { kind, sounds: count, rejected, named: ranked.map((pair) => pair.join(" ")).join(", ") };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
