import type { Row } from "./measure/row.ts";

/** How small the ratio of ours to a peer should be. */
export interface Target {
  readonly benchmark: string;
  /** Words of the case's title; without, every case. */
  readonly case?: string;
  /** The peer's name; without, the best one. */
  readonly peer?: string;
  readonly ratio: number;
}

export const targets: readonly Target[] = [
  { benchmark: "features", peer: "Meyda", ratio: 0.015 },
  { benchmark: "features", peer: "librosa", ratio: 0.7 },
  { benchmark: "features", peer: "torch.stft", ratio: 1 },
  { benchmark: "decode", ratio: 1.5 },
  { benchmark: "train-step", case: "cnn,", ratio: 0.9 },
  { benchmark: "train-step", case: "cnn-transformer,", ratio: 0.75 },
  { benchmark: "train-fold", ratio: 1 },
  { benchmark: "inference", ratio: 1 },
  { benchmark: "browser", ratio: 0.8 },
  { benchmark: "export", ratio: 1 },
  { benchmark: "stream", ratio: 0.1 },
  { benchmark: "install", ratio: 0.5 },
];

/** What is asked of a row, whose peer may be the best of its case. */
export function findTarget({ benchmark, case: title, peer }: Row, isBest: boolean): number | undefined {
  return targets.find(
    (target) =>
      target.benchmark === benchmark &&
      (target.case === undefined || title.startsWith(target.case)) &&
      (target.peer === undefined ? isBest : target.peer === peer),
  )?.ratio;
}

/** What limits a benchmark, written by hand after a profile; shown with its figures. */
export const limits: Readonly<Record<string, string>> = {
  "train-step":
    "The bound is the time of the step's matrix products alone at the fastest speed that ONNX Runtime reaches in one large product; a step's ratio to it says how many times longer the whole step takes.",
  stream:
    "Ours computes the features of a whole window again for each window, the plain loop those of each frame once.",
};
