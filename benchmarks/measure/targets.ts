import type { Row } from "./row.ts";

/** How small the ratio of ours to a peer should be. */
export interface Target {
  readonly benchmark: string;
  /** Words of the case's title; without, every case. */
  readonly case?: string;
  /** The peer's name; without, the best one. */
  readonly peer?: string;
  /** Ours that are meant, where others are only for comparison; without, all. */
  readonly subjects?: readonly string[];
  /** The unit that is meant, where a case is measured in two; without, each. */
  readonly unit?: string;
  readonly ratio: number;
}

/** What is inside exported files with level, as all recipes but `report` have it. */
const inFiles = ["graph-float32"];

/** In the order in which docs/benchmarks.md lists them. */
export const targets: readonly Target[] = [
  { benchmark: "features", subjects: inFiles, peer: "Meyda", ratio: 0.015 },
  { benchmark: "features", subjects: inFiles, peer: "librosa", ratio: 0.7 },
  { benchmark: "features", subjects: inFiles, peer: "torch.stft", ratio: 1 },
  { benchmark: "decode", ratio: 1.5 },
  { benchmark: "train-step", case: "cnn,", ratio: 0.9 },
  { benchmark: "train-step", case: "cnn-transformer,", ratio: 0.75 },
  { benchmark: "train-fold", ratio: 1 },
  { benchmark: "inference", ratio: 1 },
  { benchmark: "browser", ratio: 0.8 },
  { benchmark: "export", ratio: 1 },
  { benchmark: "stream", unit: "ms a second of sound", ratio: 0.08 },
  { benchmark: "stream", unit: "ms from block to answer", ratio: 0.3 },
  { benchmark: "install", ratio: 0.5 },
];

/** What is asked of a row, whose peer may be the best of its case. */
export function findTarget(
  { benchmark, case: title, peer, subject, unit }: Row,
  isBest: boolean,
): number | undefined {
  return targets.find(
    (target) =>
      target.benchmark === benchmark &&
      (target.case === undefined || title.startsWith(target.case)) &&
      (target.unit === undefined || target.unit === unit) &&
      (target.subjects === undefined || target.subjects.includes(subject)) &&
      (target.peer === undefined ? isBest : target.peer === peer),
  )?.ratio;
}

/** What limits a benchmark, written by hand after a profile; shown with its figures. */
export const limits: Readonly<Record<string, string>> = {
  features:
    "graph-float32 is what exported files with level hold, as librosa and torch.stft in single precision. graph-float64 " +
    "computes what is trained on and what files without level need: within 1e-4 of Meyda's numbers, for which the FFT's " +
    "matrix products are in double precision, as a quiet band beside a loud tone keeps too few digits in single. On a quiet " +
    "machine 1.5 of 2.8 ms are these products, 58 MFLOP at nine tenths of one core's peak in double precision, and " +
    "the rest passes over memory of twice the size. In Chromium both run for 4 s first: until its optimising compiler " +
    "is through, the runtime's WebAssembly takes 12 ms and more for a clip, then 4.4 at best. The peers in C change with " +
    "the machine: torch.stft took 6.8 ms on one day and 3.2 on the next, librosa 5.6 and 5.5.",
  decode:
    "Ours runs the same in browsers: libvorbis as WebAssembly (@wasm-audio-decoders/ogg-vorbis), which a profile gives " +
    "three quarters of the time: 10 of 13 ms for a clip, as much as libsndfile, which is native code, takes in all. " +
    "FFmpeg's own decoder takes longer than ours, so that it is not offered in its place.",
  "train-step":
    "The bound is the time of the step's matrix products alone at the fastest speed that ONNX Runtime reaches in one " +
    "large product, counted as im2col would compute the convolutions. Ours take Winograd's filtering, 2.9 GFLOP where " +
    "the bound counts 6.3; the CNN-Transformer gains less, for 13 of its 19 are dense layers: four fifths of its step " +
    "are products at nine tenths of this speed, a thirtieth is the optimiser's passes over 3.3 million weights (AdamW " +
    "has more of them), the rest reads and writes activations. Tried without gain: bias and ReLU inside the product, " +
    "Sign for ReLU's mask, transposed or divided products. The machine is shared: look at the spread.",
  "train-fold":
    "One round. Beside its steps, our epoch of the CNN validates 80 clips (0.13 s) and writes a checkpoint that a killed " +
    "run resumes from (0.08 s), where PyTorch's loop writes less. Drawing a batch and collecting garbage are a tenth of " +
    "the steps, for a step runs in JavaScript's thread.",
  inference:
    "From features, both files are the same products on the same runtime: 1 but for what the machine does besides. From " +
    "samples, our FFT is products in exact parts of float32, within 1.2e-5 of Meyda's numbers on every runtime, and " +
    "takes most of the time; the exporter's file computes ONNX's STFT in plain single precision, torch.stft MKL's FFT.",
  browser:
    "Loading is bound by ONNX Runtime's WebAssembly, 14 MB (WebGPU: 27 MB), compiled as it first runs, where TF.js has " +
    "0.4 MB or none; a service worker saves the download the next time, not the compilation. WebGPU is computed on the processor here.",
  export:
    "Our file holds the transform of the input and metadata beside the network. TorchScript's exporter, which PyTorch " +
    "has deprecated, traces; ours walks the layers, folds and checks.",
  stream:
    "Ours computes each frame of features once, in 1,024 samples' steps, and the network anew for each window, as the " +
    "plain loop does.",
};
