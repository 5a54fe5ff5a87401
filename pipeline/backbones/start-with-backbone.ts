import path from "node:path";
import type { Dataset } from "../../datasets/dataset.ts";
import type { ModelTerms } from "../../features/model-metadata.ts";
import type { HeadKind } from "../../heads/train-head.ts";
import { UserError } from "../../common/user-error.ts";
import { embeddedData } from "../../run-files/run-config.ts";
import type { ProtocolName } from "../../training/jobs/protocols.ts";
import { keepReading, nameRun } from "../runs/make-run-config.ts";
import type { DataSettings } from "../runs/open-data.ts";
import { type BackboneFileArguments, loadBackbone, readBackboneOptions } from "./load-backbone.ts";
import { runBackbone } from "./run-backbone.ts";

/** What the options of `start` say that a backbone's run needs. */
export interface BackboneArguments
  extends DataSettings, BackboneFileArguments, Partial<Record<(typeof foreignOptions)[number][1], unknown>> {
  readonly run?: string | undefined;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly excludeSource: readonly string[];
  readonly head: HeadKind;
  readonly seed: readonly number[];
  readonly protocol?: ProtocolName | undefined;
  readonly testFold?: number | undefined;
}

/** Options of networks that train, and their names in `args`. */
const foreignOptions = [
  ["--epochs", "epochs"],
  ["--batch-size", "batchSize"],
  ["--learning-rate", "learningRate"],
  ["--warm-start", "warmStart"],
  ["--recipe", "recipe"],
  ["--validation-fold", "validationFold"],
  ["--window-seconds", "windowSeconds"],
] as const;

/**
 * The whole way by a backbone: `file` names it.
 * @throws UserError for options that say nothing to a head: the user would believe in them
 */
export async function startWithBackbone(
  args: BackboneArguments,
  file: string,
  dataset: Dataset,
  terms: ModelTerms,
): Promise<void> {
  const foreign = foreignOptions.filter(([, name]) => args[name] !== undefined);
  if (foreign.length > 0)
    throw new UserError(
      `${foreign.map(([option]) => option).join(", ")}: expected without a backbone, which is not trained, ` +
        "got a backbone; npx earshot train trains from scratch",
    );
  if (dataset.labelling === "several" && args.head !== "logistic-regression")
    throw new UserError(
      `--head ${args.head}: expected logistic-regression with --multi-label, where each class is a question of its own`,
    );
  const loaded = await loadBackbone(file, await readBackboneOptions(args));
  const data = args.data === undefined ? embeddedData : path.resolve(args.data);
  const [seed = 0] = args.seed;
  const clips = dataset.clips.filter(({ source }) => !args.excludeSource.includes(source));
  const { protocol, testFold, head: kind } = args;
  const reading = keepReading(args);
  const settings = {
    data,
    ...reading,
    backbone: loaded.backbone,
    excluded: args.excludeSource,
    ...(kind !== "logistic-regression" && { kind }),
    seed,
    protocol,
    testFold,
  };
  await runBackbone({
    data,
    loaded,
    kind,
    seed,
    protocol,
    testFold,
    reading,
    terms,
    name: args.run ?? nameRun(data, loaded.backbone.name, settings),
    dataset: { ...dataset, clips },
    skipBadClips: args.skipBadClips,
    maxClipSeconds: args.maxClipSeconds,
  });
}
