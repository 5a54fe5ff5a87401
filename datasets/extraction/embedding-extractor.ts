import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { refuseSilence } from "../../features/audio/check-samples.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import type { Backbone } from "../../features/backbone/backbone.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import type { Embedder } from "../../features/embedder.ts";
import { resample } from "../../features/resample/resample.ts";
import { measureClip } from "../measure-clip.ts";
import type { ClipExtractor } from "./clip-extractor.ts";
import { type ClipFeatures, cutRange } from "./extract-clips.ts";

/**
 * Goes up when decoding, resampling or cutting windows gives other embeddings, so that cached ones are made anew.
 */
export const embeddingVersion = 2;

export interface EmbeddingExtractorOptions {
  readonly backbone: Backbone;
  /** The backbone's file. */
  readonly backboneFile: string;
  /** Longest file that is decoded. */
  readonly maxClipSeconds: number;
  /** How much faster the sound is played, its pitch with it. */
  readonly speed: number;
}

/**
 * From an audio file to the embeddings of its clips, in this thread: a row for each window of the backbone stands
 * where features have a row for each frame.
 */
export function createEmbeddingExtractor(options: EmbeddingExtractorOptions): ClipExtractor {
  let opening: Promise<Embedder> | undefined; // made on first use: a warm cache needs none
  return {
    async extract({ path, name, ranges }) {
      opening ??= openEmbedder(options);
      const embedder = await opening;
      const bytes = await readFile(path);
      const file = await decodeAudio(bytes, name, { maxSeconds: options.maxClipSeconds });
      const clips: ClipFeatures[] = [];
      for (const range of ranges) {
        const clip = range === undefined ? file : cutRange(file, range, name);
        refuseSilence(clip, name);
        const played = { ...clip, sampleRateHz: Math.round(clip.sampleRateHz * options.speed) };
        const { samples } = await resample(played, embedder.sampleRateHz);
        const { windows, dimensions, values } = await embedder.embed(samples);
        clips.push({ facts: measureClip(clip), windows: [{ values, frames: windows, bands: dimensions }] });
      }
      return { contentHash: createHash("sha256").update(bytes).digest("hex"), clips };
    },
    dispose: async () => await (await opening)?.dispose(),
  };
}

async function openEmbedder({ backbone, backboneFile }: EmbeddingExtractorOptions): Promise<Embedder> {
  const ort = await import("onnxruntime-node");
  const bytes = await readFile(backboneFile);
  return await createBackboneEmbedder({ backbone, bytes }, ort, { threads: 1 });
}
