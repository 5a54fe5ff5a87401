import { readMetadata } from "../../onnx/read-metadata.ts";
import { cutHead } from "../../onnx/rewrite/cut-head.ts";
import { countClipSamples } from "../fit-clip.ts";
import { metadataKey, modelMetadataSchema } from "../model-metadata.ts";

/** A backbone that is known to work, and where it comes from. None is shipped. */
export interface KnownBackbone {
  readonly name: string;
  readonly title: string;
  readonly sampleRateHz: number;
  readonly windowSamples: number;
  /** Output to take, and numbers of an embedding. */
  readonly output: string;
  readonly dimensions: number;
  readonly license: string;
  /** Where its authors publish it. */
  readonly source: string;
  /** An ONNX file that others converted and published. */
  readonly file?: { readonly url: string; readonly sha256: string; readonly bytes: number };
  /** SHA-256 of the authors' file that was converted, where it is known for sure. */
  readonly sourceSha256?: string;
  /** How to make an ONNX file: none is published by its authors. */
  readonly note: string;
}

export const knownBackbones: readonly KnownBackbone[] = [
  {
    name: "yamnet",
    title: "YAMNet: AudioSet, 521 classes, MobileNet",
    sampleRateHz: 16_000,
    windowSamples: 15_600,
    output: "embedding",
    dimensions: 1024,
    license: "Apache-2.0",
    source: "https://github.com/tensorflow/models/tree/master/research/audioset/yamnet",
    file: {
      url: "https://huggingface.co/andrelgomes/yamnet-onnx/resolve/8a03a1572569685c42fdbef54ff36435dbaaf689/yamnet.onnx",
      sha256: "1510041dce24a2e9e84ec546807ac408ae496da6d1ed41bc3ccba649623f8e19",
      bytes: 16_093_603,
    },
    sourceSha256: "469be6a3421cbc52cf97e9f2f966cba984198e8e7af9854d68b3e3ebb1e04194",
    note: "or, for 4.1 MB, convert the public TFLite file by `python -m tf2onnx.convert --tflite yamnet.tflite --opset 17`, the pooled features as an output",
  },
  {
    name: "vggish",
    title: "VGGish: YouTube-8M, 128 numbers",
    sampleRateHz: 16_000,
    windowSamples: 15_600,
    output: "embedding",
    dimensions: 128,
    license: "Apache-2.0",
    source: "https://github.com/tensorflow/models/tree/master/research/audioset/vggish",
    note: "export it with its log-mel front end, so that it takes samples",
  },
  {
    name: "openl3",
    title: "OpenL3, environmental sounds, mel 256, 512 numbers",
    sampleRateHz: 48_000,
    windowSamples: 48_000,
    output: "embedding",
    dimensions: 512,
    license: "MIT (code), CC-BY-4.0 (weights)",
    source: "https://github.com/marl/openl3",
    note: "convert the Keras model with its mel front end by tf2onnx",
  },
  {
    name: "panns-cnn14",
    title: "PANNs CNN14: AudioSet, 2,048 numbers",
    sampleRateHz: 32_000,
    windowSamples: 32_000,
    output: "embedding",
    dimensions: 2048,
    license: "MIT (code), CC-BY-4.0 (weights)",
    source: "https://github.com/qiuqiangkong/audioset_tagging_cnn",
    note: "export by torch.onnx.export with the spectrogram layers inside, opset 17",
  },
  {
    name: "birdnet",
    title: "BirdNET 2.4: birds of the world, 1,024 numbers",
    sampleRateHz: 48_000,
    windowSamples: 144_000,
    output: "embedding",
    dimensions: 1024,
    license: "CC-BY-NC-SA-4.0: not for commercial use",
    source: "https://github.com/birdnet-team/BirdNET-Analyzer",
    note: "convert the TFLite file by tf2onnx, the last pooled layer as an output",
  },
];

/** The known backbone that takes so many samples and gives so many numbers, whose rate its file does not say. */
export function recogniseBackbone(windowSamples: number, dimensions: number): KnownBackbone | undefined {
  return knownBackbones.find(
    (known) => known.windowSamples === windowSamples && known.dimensions === dimensions,
  );
}

/**
 * What a model that earshot exported says of itself: its clip is the window.
 * @returns undefined for any other file @throws OnnxFormatError
 */
export function describeOwnModel(
  bytes: Uint8Array,
): { readonly sampleRateHz: number; readonly windowSamples: number } | undefined {
  const text = readMetadata(bytes).get(metadataKey);
  if (text === undefined) return undefined;
  const { success, data } = modelMetadataSchema.safeParse(parseJson(text));
  if (!success || data.input !== "samples") return undefined;
  const { features } = data;
  return { sampleRateHz: features.sampleRateHz, windowSamples: countClipSamples(features) };
}

/** The part of a backbone's file that embeds: of a model of ours, all but its last layer. @throws OnnxFormatError */
export function takeTrunk(bytes: Uint8Array): Uint8Array {
  return describeOwnModel(bytes) === undefined ? bytes : (cutHead(bytes)?.bytes ?? bytes);
}

/** Undefined for what is no JSON: every schema refuses it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
