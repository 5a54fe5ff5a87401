import path from "node:path";
import { chooseWindow, measureFacts } from "../runs/choose-window.ts";
import { UserError } from "../../common/user-error.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { makeVisible } from "../../common/visible-text.ts";
import { writeDataCard } from "../../datasets/card/data-card.ts";
import type { ClipMap } from "../../datasets/card/clip-map.ts";
import { formatRates, formatFraction } from "../../datasets/card/format.ts";
import { capLines, DatasetError } from "../../datasets/format-problems.ts";
import { downloadEsc50 } from "../../datasets/download/download-esc50.ts";
import { type ClipsSummary, summariseDataset } from "../../datasets/summarise-dataset.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { writeAugmentPreview } from "../augment-preview/write-augment-preview.ts";
import { findChosenBackbone } from "../backbones/chosen-backbone.ts";
import { embedClips } from "../backbones/embed-clips.ts";
import {
  type BackboneFileArguments,
  loadBackbone,
  type LoadedBackbone,
  readBackboneOptions,
} from "../backbones/load-backbone.ts";
import { mapClips } from "../data/map-clips.ts";
import { printNotes } from "../data/describe-data.ts";
import { formatTable } from "../screen/format-table.ts";
import { type FeatureSettings, openDataset, openFeatures, pruneFeatures } from "../runs/open-data.ts";
import { backboneOptions } from "../command-line/backbone-options.ts";
import { dataOptions, featureOptions } from "../command-line/options.ts";
import { cacheFolder } from "../program-folders.ts";
import { createProgress } from "../screen/progress.ts";
import { defineStage } from "../command-line/stage.ts";

export const dataStage = defineStage({
  name: "data",
  options: {
    ...dataOptions,
    ...featureOptions,
    ...backboneOptions,
    card: { type: "string", default: "runs/data.html", describe: "page with pictures of the clips" },
    "preview-augment": {
      type: "boolean",
      default: false,
      describe: "instead, a page beside the card that shows and plays what augmentation does to a clip",
    },
    download: { choices: ["esc50"], describe: "fetch this public data set first (about 600 MB)" },
    prune: { type: "boolean", default: false, describe: "remove cached features not used for --unused-days" },
    json: {
      type: "boolean",
      default: false,
      describe: "print the clips and all problems for machines, write no card",
    },
    "unused-days": { type: "number", default: 30, describe: "days without use after which features go" },
  },
  examples: [
    ["data", "the embedded data set: ten synthesised classes, five folds"],
    ["data ../sounds", "a folder of yours; all its problems are listed together"],
    ["data ../sounds --backbone yamnet.onnx", "also a map of the clips, and probable label errors first"],
    ["data --preview-augment", "what augmentation does to a clip, with pictures and sounds"],
    ["data --download esc50", "ESC-50 from GitHub into the cache; an interrupted download is continued"],
  ],
  run: async (args) => {
    if (args.prune) {
      console.log(await pruneFeatures(args.unusedDays));
      return;
    }
    if (args.multiLabel === true && args.backbone !== undefined)
      throw new UserError("--backbone, --multi-label: the card's map is of clips with one class each");
    const settings = args.download === undefined ? args : { ...args, data: await fetchEsc50() };
    if (args.previewAugment) {
      const page = path.join(path.dirname(args.card), "augmentation.html");
      await writeAugmentPreview(page, await openDataset(settings), args.maxClipSeconds);
      console.log(`${page}: what each augmentation does to a clip, with pictures and sounds`);
    } else if (args.json) await printDataset(settings);
    else
      await showDataset(settings, args.card, args.multiLabel === true ? undefined : await openMapped(args));
  },
});

/** The data set as JSON, or all of its problems. */
async function printDataset(settings: DataArguments): Promise<void> {
  try {
    console.log(JSON.stringify({ problems: [], ...(await openDataset(settings)) }, null, 2));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    console.log(JSON.stringify({ problems: error.problems }, null, 2));
    throw error;
  }
}

type DataArguments = Omit<FeatureSettings, "features">;

/** The backbone that is named, or set up: without one the card has no map. */
async function openMapped(
  args: BackboneFileArguments & { readonly backbone: string | undefined },
): Promise<LoadedBackbone | undefined> {
  const file = args.backbone ?? (await findChosenBackbone());
  if (file === undefined) return undefined;
  return await loadBackbone(file, await readBackboneOptions(args));
}

async function showDataset(settings: DataArguments, card: string, backbone: LoadedBackbone | undefined) {
  const { dataset, featureSet, close } = await openFeatures({ ...settings, features: defaultFeatureConfig });
  const map = backbone && mapClips(await embedClips(dataset, backbone, settings), backbone.backbone.name);
  await writeDataCard(card, dataset, featureSet, map);
  await close();
  const { classes, total } = summariseDataset(dataset, featureSet.cached);
  const header = [
    "class",
    "clips",
    "recordings",
    "length",
    "per fold",
    "rates",
    "silent",
    "clipped",
    "copies",
    "split",
  ];
  console.log(`${makeVisible(dataset.root)}\n${makeVisible(dataset.layout)}\n`);
  console.log(formatTable(header, [...classes, { label: "all", ...total }].map(makeRow)));
  console.log(`\n${chooseWindow(featureSet.cached.map(({ facts }) => measureFacts(facts))).note}`);
  printNotes(dataset);
  for (const line of capLines(featureSet.badClips.map(({ reason }) => reason)))
    console.log(`left out: ${line}`);
  console.log(
    `\n${dataset.labelling === "several" ? "" : describeMap(map)}${card}: the same with pictures\nNext: ${formatStart(settings)}`,
  );
}

function describeMap(map: ClipMap | undefined): string {
  if (map === undefined)
    return "with --backbone FILE the card has a map of the clips and probable label errors (docs/few-shot.md)\n";
  const { suspects, backbone } = map;
  if (suspects === undefined) return "label errors: not looked for, a class has a single recording\n";
  return `label errors: ${suspects.length} clips sound like another class to ${backbone}; they stand first in the card\n`;
}

/** What to type next for the same data, for the shell to copy. */
function formatStart(settings: DataArguments): string {
  const { data, layout, subset, groupBy, namePattern, allowOutside, multiLabel } = settings;
  const { background = [], negatives = [], skipBadClips, maxClipSeconds } = settings;
  const seconds = maxClipSeconds === featureOptions["max-clip-seconds"].default ? undefined : maxClipSeconds;
  const named = {
    data,
    layout,
    subset,
    "group-by": groupBy,
    "name-pattern": namePattern,
    "max-clip-seconds": seconds === undefined ? undefined : String(seconds),
  };
  const options = Object.entries(named)
    .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoteForShell(value)}`]))
    .concat(
      background.map((name) => `--background ${quoteForShell(name)}`),
      negatives.map((folder) => `--negatives ${quoteForShell(folder)}`),
    )
    .concat(
      skipBadClips ? ["--skip-bad-clips"] : [],
      allowOutside === true ? ["--allow-outside"] : [],
      multiLabel === true ? ["--multi-label"] : [],
    );
  return options.length === 0 ? "npx earshot start" : `npx earshot start ${options.join(" ")}`;
}

function quoteForShell(text: string): string {
  return /^[\w./~+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function makeRow(row: { readonly label: string } & ClipsSummary) {
  return [
    makeVisible(row.label),
    row.clips,
    row.recordings,
    formatSeconds(row.seconds),
    row.clipsPerFold.join(" "),
    formatRates(row.sampleRatesHz),
    formatFraction(row.silentFraction),
    formatFraction(row.clippedFraction),
    row.duplicates,
    row.splitRecordings,
  ];
}

async function fetchEsc50(): Promise<string> {
  const progress = createProgress("ESC-50, MB");
  const folder = await downloadEsc50({
    folder: cacheFolder,
    onProgress: (done, total) => {
      progress.update(Math.round(done / 1e6), Math.round((total ?? 6e8) / 1e6));
    },
  });
  progress.end();
  return folder;
}
