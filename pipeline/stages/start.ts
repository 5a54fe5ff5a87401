import { UserError } from "../../common/user-error.ts";
import { checkSources } from "../runs/check-sources.ts";
import { describeRunData } from "../data/describe-data.ts";
import { defaultExportOptions, exportRun } from "../exporting/export-run.ts";
import { computeListFeatures, computeRunFeatures } from "../data/compute-features.ts";
import { formatNextSteps, formatSummary } from "../screen/format-summary.ts";
import { makeRunConfig, nameRun, planJobs } from "../runs/make-run-config.ts";
import { openDataset } from "../runs/open-data.ts";
import { backboneOptions, headOption } from "../command-line/backbone-options.ts";
import {
  dataOptions,
  featureOptions,
  newRunOption,
  readTerms,
  termsOptions,
  trainOptions,
} from "../command-line/options.ts";
import { proveRun } from "../parity/prove-run.ts";
import { reportRun } from "../runs/summarise-run.ts";
import { checkRunName, openOrCreateRun } from "../runs/run-folder.ts";
import { findChosenBackbone } from "../backbones/chosen-backbone.ts";
import { startWithBackbone } from "../backbones/start-with-backbone.ts";
import { defineStage } from "../command-line/stage.ts";
import { timeStage } from "../runs/time-stage.ts";
import { crossValidate, isSmallSet, planCrossValidation, settleSmallSet } from "../jobs/cross-validate.ts";
import { trainOnScreen } from "../jobs/train-on-screen.ts";
import { hashData } from "../../training/data/hash-data.ts";

export const startStage = defineStage({
  name: "start",
  options: {
    ...newRunOption,
    ...dataOptions,
    ...featureOptions,
    ...trainOptions,
    ...backboneOptions,
    ...headOption,
    ...termsOptions,
  },
  examples: [
    ["start", "the whole pipeline on the embedded data set"],
    ["start ../sounds", "on a folder of yours"],
    ["start ../sounds --backbone yamnet.onnx", "a classifier on a pretrained network: for few clips"],
  ],
  run: async (args) => {
    if (args.run !== undefined) checkRunName(args.run);
    const dataset = await openDataset(args);
    const isTaught = args.teacherBackbone !== undefined;
    const isFromScratch = args.backbone === noBackbone;
    if (isTaught && args.backbone !== undefined && !isFromScratch)
      throw new UserError(
        "--backbone, --teacher-backbone: expected one of the two, got both: the one is kept, of the other a small network learns",
      );
    const isSearched = args.data !== undefined && !isTaught;
    const backbone = isFromScratch
      ? undefined
      : (args.backbone ?? (isSearched ? await findChosenBackbone() : undefined));
    if (args.data !== undefined && !isTaught) console.log(describeChoice(args.data, args.backbone, backbone));
    if (backbone !== undefined) {
      checkSources(dataset.clips, { "exclude-source": args.excludeSource });
      await startWithBackbone(args, backbone, dataset, readTerms(args));
      return;
    }
    const isSmall = isSmallSet(args, dataset);
    const settings = isSmall ? settleSmallSet(args, dataset.clips.length) : args;
    const [planned, ...others] = await planJobs(settings, dataset);
    if (planned === undefined || others.length > 0)
      throw new UserError(
        `start: expected one job, got ${others.length + 1}; npx earshot train does several`,
      );
    const config = makeRunConfig(settings, planned.job);
    const validation = isSmall ? await planCrossValidation(config, dataset) : undefined;
    // Few clips soon become more: their run is another one.
    const decisive = validation === undefined ? config : [config, hashData(dataset)];
    const name = args.run ?? nameRun(config.data, config.job.network.architecture, decisive);
    const run = await openOrCreateRun(name, config);
    console.log(`${run.folder}/\n`);
    await timeStage(run, "data", () => describeRunData(run, dataset));
    if (validation === undefined) {
      await timeStage(run, "features", () => computeRunFeatures(run));
      await timeStage(run, "train", () => trainOnScreen(run));
    } else {
      await timeStage(run, "features", async () =>
        (await computeListFeatures([config], run.files)).join("\n"),
      );
      await timeStage(run, "train", () => crossValidate(run, validation, args));
    }
    await timeStage(run, "export", () => exportRun(run, { ...defaultExportOptions, terms: readTerms(args) }));
    await timeStage(run, "parity", () => proveRun(run));
    const summary = await reportRun(run);
    console.log(`\n${formatSummary(summary)}\n\n${formatNextSteps()}`);
  },
});

/** What `--backbone` says where one is set up and is not wanted. */
const noBackbone = "none";

/** Which way is taken, why, and the command for the other one. */
function describeChoice(data: string, named: string | undefined, chosen: string | undefined): string {
  if (chosen === undefined) {
    const reason = named === noBackbone ? "--backbone none" : "no backbone is named or set up";
    return (
      `from scratch: ${reason}. With few clips a pretrained one is better: ` +
      `npx earshot start --data ${data} --backbone FILE.onnx (docs/few-shot.md)\n`
    );
  }
  const reason = named === undefined ? "set up by npx earshot backbones" : "named by --backbone";
  return `by the backbone ${chosen}: ${reason}. From scratch: npx earshot start --data ${data} --backbone ${noBackbone}\n`;
}
