import path from "node:path";
import type { Dataset } from "../../datasets/dataset.ts";
import { embeddedData } from "../../run-files/run-config.ts";
import { nameRun } from "../runs/make-run-config.ts";
import { loadBackbone } from "./load-backbone.ts";
import { runBackbone } from "./run-backbone.ts";

/** What the options of `start` say that a backbone's run needs. */
export interface BackboneArguments {
  readonly run?: string | undefined;
  readonly data?: string | undefined;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly excludeSource: readonly string[];
  readonly seed: readonly number[];
  readonly backboneRate?: number | undefined;
  readonly backboneWindow?: number | undefined;
  readonly backboneOutput?: string | undefined;
}

/** The whole way by a backbone: `file` names it. */
export async function startWithBackbone(
  args: BackboneArguments,
  file: string,
  dataset: Dataset,
): Promise<void> {
  const { backboneRate: sampleRateHz, backboneWindow: windowSamples, backboneOutput: output } = args;
  const loaded = await loadBackbone(file, { sampleRateHz, windowSamples, output });
  const data = args.data === undefined ? embeddedData : path.resolve(args.data);
  const [seed = 0] = args.seed;
  const clips = dataset.clips.filter(({ source }) => !args.excludeSource.includes(source));
  const settings = { data, backbone: loaded.backbone, excluded: args.excludeSource, seed };
  await runBackbone({
    ...{ data, loaded, seed },
    name: args.run ?? nameRun(data, loaded.backbone.name, settings),
    dataset: { ...dataset, clips },
    skipBadClips: args.skipBadClips,
    maxClipSeconds: args.maxClipSeconds,
  });
}
