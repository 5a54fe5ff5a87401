import type { DataSettings } from "./open-data.ts";
import { esc10Experiments, type Experiment } from "./experiments.ts";

/** A data set whose scores people compare, with the split that they compare them on. */
export interface PublishedSet {
  readonly name: string;
  readonly title: string;
  /** Where it can be had, and which of its folders `--data` names. */
  readonly source: string;
  /** How its makers ask to score it, and how that is done here. */
  readonly protocol: string;
  /** How its folder is read, where that is not recognised by itself. */
  readonly reading: Pick<DataSettings, "subset" | "layout" | "namePattern">;
  /** Of the whole set: a part of it gives another number. */
  readonly whole: { readonly clips: number; readonly classes: number; readonly folds: number };
  readonly experiments: readonly Experiment[];
}

const rotation = { protocol: "cv5", recipe: "field", networks: ["cnn"], heads: [4], seeds: [0] } as const;

/** The next set is a row. */
export const publishedSets: readonly PublishedSet[] = [
  {
    name: "esc10",
    title: "ESC-10",
    source: "https://github.com/karolpiczak/ESC-50 (the repository, or folders like 001 - Dog bark)",
    protocol: "the five folds of its makers, each tested once",
    reading: {},
    whole: { clips: 400, classes: 10, folds: 5 },
    experiments: esc10Experiments,
  },
  {
    name: "esc50",
    title: "ESC-50",
    source: "https://github.com/karolpiczak/ESC-50 (the repository; npx earshot data --download esc50)",
    protocol: "the five folds of its makers, each tested once",
    reading: { layout: "esc50-repository", subset: "all" },
    whole: { clips: 2000, classes: 50, folds: 5 },
    experiments: [
      { ...rotation, name: "esc50-cv5", describe: "five-fold rotation by the recipe for rooms", epochs: 160 },
    ],
  },
  {
    name: "urbansound8k",
    title: "UrbanSound8K",
    source: "https://urbansounddataset.weebly.com/urbansound8k.html (the folder with audio/ and metadata/)",
    protocol: "the ten folds of its makers, each tested once: its makers warn of any other split",
    reading: { layout: "manifest" },
    whole: { clips: 8732, classes: 10, folds: 10 },
    experiments: [
      { ...rotation, name: "urbansound8k-cv10", describe: "ten-fold rotation by the recipe for rooms", epochs: 60 },
    ],
  },
  {
    name: "speech-commands",
    title: "Speech Commands v0.02",
    source: "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz (unpacked)",
    protocol: "its two lists: one tests, one picks the epoch; all 35 words; background noise is no class",
    reading: { layout: "folder-per-class" },
    whole: { clips: 105_829, classes: 35, folds: 3 },
    experiments: [
      {
        ...rotation,
        name: "speech-commands-lists",
        describe: "the split of its lists by the recipe for rooms",
        protocol: "holdout",
        seeds: [0, 1, 2],
        epochs: 20,
      },
    ],
  },
  {
    name: "fsdd",
    title: "Free Spoken Digit Dataset",
    source: "https://github.com/Jakobovski/free-spoken-digit-dataset (its folder recordings/)",
    protocol: "whole speakers in each of five folds, each fold tested once: no speaker is tested who was trained on",
    reading: { layout: "names", namePattern: "{class}_{group}_*" },
    whole: { clips: 3000, classes: 10, folds: 5 },
    experiments: [
      { ...rotation, name: "fsdd-speakers", describe: "rotation through speakers by the recipe for rooms", epochs: 60 },
    ],
  },
];

/** The options of `data`, `train` and the like that read a set as it is meant. */
export function listReadingOptions({ layout, subset, namePattern }: PublishedSet["reading"]): string[] {
  return [
    ...(layout === undefined ? [] : ["--layout", layout]),
    ...(subset === undefined ? [] : ["--subset", subset]),
    ...(namePattern === undefined ? [] : ["--name-pattern", namePattern]),
  ];
}

/**
 * What differs from the whole set, one text; undefined where nothing does.
 *
 *     describeDifference(set, { clips: 60, classes: 10, folds: 10 }); // "clips: expected 8732, found 60"
 */
export function describeDifference(
  { whole }: PublishedSet,
  found: PublishedSet["whole"],
): string | undefined {
  const lines = (["clips", "classes", "folds"] as const)
    .filter((key) => found[key] !== whole[key])
    .map((key) => `${key}: expected ${whole[key]}, found ${found[key]}`);
  return lines.length === 0 ? undefined : lines.join("; ");
}
