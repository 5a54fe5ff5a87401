import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as z from "zod/mini";
import { scalarFeatureNames } from "./meyda/scalar-features.ts";

const positiveInteger = z.int().check(z.positive());

const settingsSchema = z.strictObject({
  sampleRateHz: z._default(positiveInteger, 44_100),
  /** Length of the analysis window, of which each frame is the spectrum. */
  fftSamples: z._default(positiveInteger, 2048),
  /** From one frame to the next. */
  hopSamples: z._default(positiveInteger, 1024),
  melBands: z._default(z.int().check(z.minimum(1), z.maximum(256)), 96),
  /** Samples are multiplied by this before the window, so that 16-bit full scale meets `log(1 + x)` well above 1. */
  sampleScale: z._default(z.number().check(z.positive()), 32_768),
  clipSeconds: z._default(z.number().check(z.positive()), 5),
  /** What fills a clip that is shorter than `clipSeconds`; `loop` also leaves out silence at its ends. */
  padding: z._default(z.enum(["zero", "repeat", "centre", "loop"]), "zero"),
  /** Mean mel power that a clip is brought to before the log; null leaves the level as recorded. */
  clipLevel: z._default(z.nullable(z.number().check(z.positive())), null),
  /** Fraction (0 to 1) of each band's mean over time that is subtracted after the log. */
  clipMeanFraction: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0),
  /** Features of Meyda's that stand behind the mel bands as further columns, e.g. `rms`, `mfcc`, `chroma`. */
  scalarFeatures: z._default(z.array(z.enum(scalarFeatureNames)), []),
});

/** Names that settings had in files of earshot 0.1, by today's name. Hashes are taken under the old names, so they stay. */
const oldNames: Readonly<Record<string, string>> = {
  fftSamples: "windowSamples",
  clipMeanFraction: "clipMeanShare",
};

/**
 * How a waveform becomes log-mel features. Two clips with equal extraction settings have interchangeable features.
 * Reads settings under their old names too.
 *
 *     const config = featureConfigSchema.parse({ sampleRateHz: 16_000, fftSamples: 512, hopSamples: 160, melBands: 64 });
 */
export const featureConfigSchema = z.pipe(z.transform(renameSettings), settingsSchema);

/**
 * Settings that `featureConfigSchema` has checked.
 *
 *     const { sampleRateHz, melBands }: FeatureConfig = defaultFeatureConfig;
 */
export type FeatureConfig = z.infer<typeof featureConfigSchema>;

/**
 * The settings of a model that nothing else is asked of: 96 mel bands of 5 s at 44.1 kHz.
 *
 *     const config: FeatureConfig = { ...defaultFeatureConfig, clipSeconds: 2 };
 */
export const defaultFeatureConfig: FeatureConfig = featureConfigSchema.parse({});

/** Names of the settings that decide the cached log-mel; the others are applied when features enter the network. */
const extractionKeys = [
  "sampleRateHz",
  "fftSamples",
  "hopSamples",
  "melBands",
  "sampleScale",
  "clipSeconds",
  "padding",
  "scalarFeatures",
] as const satisfies readonly (keyof FeatureConfig)[];

/**
 * 16 hexadecimal digits over every setting: what a model and a runtime compare.
 *
 *     hashFeatureConfig(config) === hashFeatureConfig(defaultFeatureConfig); // whether log-mel can be exchanged
 */
export function hashFeatureConfig(config: FeatureConfig): string {
  return hashSettings(config, [...extractionKeys, "clipLevel", "clipMeanFraction"]);
}

/** 16 hexadecimal digits over the settings that decide the cached log-mel: part of the cache key. */
export function hashExtraction(config: FeatureConfig): string {
  return hashSettings(config, extractionKeys);
}

/**
 * Frames that `samples` give: only whole windows count, as Meyda sees them; 5 s at 44.1 kHz give 214.
 *
 *     countFrames(defaultFeatureConfig, 220_500); // 214
 */
export function countFrames(config: FeatureConfig, samples: number): number {
  return samples < config.fftSamples ? 0 : Math.floor((samples - config.fftSamples) / config.hopSamples) + 1;
}

/** A setting under both names keeps both, and the schema refuses the old one. */
function renameSettings(config: unknown): unknown {
  if (typeof config !== "object" || config === null) return config;
  const newNames = new Map(Object.entries(oldNames).map(([name, old]) => [old, name]));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const name = newNames.get(key) ?? key;
      return [name in config ? key : name, value];
    }),
  );
}

function hashSettings(config: FeatureConfig, keys: readonly (keyof FeatureConfig)[]): string {
  const canonical = JSON.stringify(keys.map((key) => [oldNames[key] ?? key, config[key]]));
  return bytesToHex(sha256(utf8ToBytes(canonical))).slice(0, 16);
}
