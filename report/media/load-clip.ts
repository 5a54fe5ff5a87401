import { readFile } from "node:fs/promises";
import { drawMel } from "../../datasets/card/draw-clip.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { fitSamples } from "../../features/fit-samples.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { resample } from "../../features/resample/resample.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";

/** A clip's picture and sound, as `data:` addresses. */
export interface ClipMedia {
  readonly spectrogram: string;
  readonly audio: string;
  /** Characters that both take in a page. */
  readonly size: number;
}

/** Inlined audio: enough for most sounds at a third of the bytes of 44.1 kHz. */
const inlineRateHz = 16_000;

/** Files that browsers play and that are smaller than the WAV we would make are taken as they are. */
const playableTypes = [
  { magic: "OggS", type: "audio/ogg" },
  { magic: "fLaC", type: "audio/flac" },
  { magic: "ID3", type: "audio/mpeg" },
] as const;

/** Reads a clip's file. @throws when it is gone or no audio: the report then does without */
export async function loadClip(file: string): Promise<ClipMedia> {
  const bytes = await readFile(file);
  const config = defaultFeatureConfig;
  const full = await resample(await decodeAudio(bytes, file), config.sampleRateHz);
  const samples = fitSamples(
    full.samples.slice(0, countClipSamples(config)),
    countClipSamples(config),
    "zero",
  );
  const extractor = createMeydaExtractor(config);
  const picture = drawMel(await extractor.extract(samples), 1);
  await extractor.dispose();
  const wav = encodeWav(await resample({ samples, sampleRateHz: config.sampleRateHz }, inlineRateHz));
  const own = playableTypes.find(({ magic }) => bytes.subarray(0, magic.length).toString("latin1") === magic);
  const audio =
    own !== undefined && bytes.length < wav.length ? toDataUrl(bytes, own.type) : toDataUrl(wav, "audio/wav");
  const spectrogram = toDataUrl(picture, "image/png");
  return { spectrogram, audio, size: spectrogram.length + audio.length };
}

function toDataUrl(bytes: Uint8Array, type: string): string {
  return `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
}
