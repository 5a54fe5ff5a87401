/** One experiment of the reproduction: jobs that differ in network, heads, seed and folds alone. */
export interface Experiment {
  readonly name: string;
  readonly describe: string;
  readonly protocol: "report" | "cv5" | "holdout" | "final" | "grid";
  readonly recipe: "report" | "best" | "field";
  readonly networks: readonly ("cnn" | "cnn-transformer")[];
  /** Of the CNN-Transformer. */
  readonly heads: readonly number[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  /** Further options of `npm run train`; `RUNS` stands for the prefix of the other experiments' runs. */
  readonly options?: readonly string[];
}

const cnn = { networks: ["cnn"], heads: [4] } as const;
const transformers = { networks: ["cnn-transformer"], heads: [1, 2, 4] } as const;
const seeds = [0, 1, 2];

/** What the best recipe is tried without, and the settings that say so. */
const ablations = {
  mixing: ["augmentation.mixFraction=0"],
  level: ["features.clipLevel=null"],
  "clip-mean": ["features.clipMeanFraction=0"],
  "trimming-and-looping": ["features.padding=zero"],
  crops: ["augmentation.cropFrames=214", "testCrops=0"], // all of a clip at its own speed
  "speeds-equaliser-and-shift": [
    "augmentation.speeds=[1]",
    "augmentation.equaliserDecades=0",
    "augmentation.melShiftBands=0",
  ],
  masks: ["augmentation.masks.count=0"],
  "weight-average": ["weightAverage=null"],
  "label-smoothing": ["labelSmoothing=0"],
} as const;

/** In the order in which they run: what decides first, the long ones last. */
export const esc10Experiments: readonly Experiment[] = [
  {
    name: "report-cnn",
    describe: "the course report's protocol and plain training: the CNN",
    protocol: "report", recipe: "report", ...cnn, seeds, epochs: 100,
  },
  {
    name: "cv5-best-160",
    describe:
      "five-fold rotation by the best recipe in a third of the time, which the ablations leave parts out of",
    protocol: "cv5", recipe: "best", ...cnn, seeds: [0], epochs: 160,
  },
  {
    name: "cv5-best",
    describe: "five-fold rotation by the best recipe: the CNN",
    protocol: "cv5", recipe: "best", ...cnn, seeds, epochs: 480,
    options: ["--score-without", "172649"], // all of fold 1's helicopters but two
  },
  {
    name: "cv5-field",
    describe: "five-fold rotation by the best recipe with sounds in beds of noise and negatives: the CNN",
    protocol: "cv5", recipe: "field", ...cnn, seeds, epochs: 480,
  },
  {
    name: "final",
    describe: "the model in the box: the recipe for rooms on all clips, calibrated by its rotation",
    protocol: "final", recipe: "field", ...cnn, seeds: [0], epochs: 480,
  },
  {
    name: "report-best",
    describe: "the course report's protocol, by the best recipe: the CNN",
    protocol: "report", recipe: "best", ...cnn, seeds, epochs: 160,
  },
  {
    name: "grid",
    describe: "the course report's grid search: weight decay and first weights, both networks",
    protocol: "grid", recipe: "report", networks: ["cnn", "cnn-transformer"], heads: [4],
    seeds: [0], epochs: 20,
  },
  {
    name: "report-transformer",
    describe: "the course report's protocol and plain training: the CNN-Transformer with 1, 2 and 4 heads",
    protocol: "report", recipe: "report", ...transformers, seeds, epochs: 100,
  },
  {
    name: "cv5-best-transformer-warm",
    describe: "five-fold rotation: the CNN-Transformer from the trunk of the CNN of the same fold and seed",
    protocol: "cv5", recipe: "best", ...transformers, seeds: [0], epochs: 40,
    options: [
      "--warm-start",
      "runs/RUNScv5-best/jobs/cnn-test-{test}-seed-{seed}",
      "--learning-rate",
      "0.0005",
      "--set",
      "network.encoderDropout=0.1",
    ],
  },
  {
    name: "cv5-best-transformer",
    describe: "five-fold rotation by the best recipe: the CNN-Transformer from scratch",
    protocol: "cv5", recipe: "best", ...transformers, seeds: [0], epochs: 160,
    options: ["--learning-rate", "0.001", "--set", "network.encoderDropout=0.1"],
  },
  ...Object.entries(ablations).map(([part, settings]) => ({
    name: `ablation-${part}`,
    describe: `five-fold rotation by the best recipe without ${part.replaceAll("-", " ")}: the CNN`,
    protocol: "cv5" as const,
    recipe: "best" as const,
    ...cnn,
    seeds: [0],
    epochs: 160,
    options: ["--set", ...settings],
  })),
];

/** Jobs, and clips that one of them trains on, of a data set of equal folds. */
export function countWork(
  experiment: Experiment,
  { clips, folds }: { readonly clips: number; readonly folds: number },
): { jobs: number; clipPasses: number } {
  const { protocol, recipe, networks, heads, seeds, epochs } = experiment;
  const turns = { report: folds - 1, cv5: folds, holdout: 1, final: 1, grid: 6 }[protocol];
  const trainFolds = {
    report: folds - 2,
    cv5: folds - 1,
    holdout: folds - 2,
    final: folds,
    grid: folds - 2,
  }[protocol];
  const variants = networks.reduce((sum, network) => sum + (network === "cnn" ? 1 : heads.length), 0);
  const views = recipe === "report" ? 1 : 2;
  return {
    jobs: turns * variants * seeds.length,
    clipPasses: ((clips * trainFolds) / folds) * views * epochs,
  };
}
