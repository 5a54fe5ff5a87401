import * as z from "zod/mini";

const positiveInteger = z.int().check(z.positive());

/** The log-mel that a backbone takes in place of samples, in the terms of the libraries that such networks come from. */
export const logMelInputSchema = z.strictObject({
  /** Length of the (periodic) Hann window. */
  frameSamples: positiveInteger,
  /** The frame is filled up with zeros to this length. */
  fftSamples: positiveInteger,
  hopSamples: positiveInteger,
  bands: positiveInteger,
  lowHz: z.number().check(z.nonnegative()),
  highHz: z.number().check(z.positive()),
  /** `htk`: 2595 log10(1 + f / 700); `slaney`: linear up to 1 kHz, logarithmic above (librosa's own). */
  melScale: z.enum(["htk", "slaney"]),
  /** Whether triangles are straight over hertz (librosa) or over mel (VGGish, YAMNet). */
  triangles: z.enum(["hz", "mel"]),
  /** Whether each triangle is divided by half its width in hertz (librosa's `norm="slaney"`). */
  isNormalised: z.boolean(),
  /** 1: magnitudes, 2: powers. */
  exponent: z.union([z.literal(1), z.literal(2)]),
  /** `ln`: ln(x + offset); `db`: 10 log10(max(x, offset)). */
  logarithm: z.enum(["ln", "db"]),
  offset: z.number().check(z.positive()),
  /** Whether half an FFT is mirrored at both ends, so that frames lie around their time (librosa's `center`). */
  isCentred: z.boolean(),
});

export type LogMelInput = z.infer<typeof logMelInputSchema>;

const vggish: LogMelInput = {
  frameSamples: 400,
  fftSamples: 512,
  hopSamples: 160,
  bands: 64,
  lowHz: 125,
  highHz: 7500,
  melScale: "htk",
  triangles: "mel",
  isNormalised: false,
  exponent: 1,
  logarithm: "ln",
  offset: 0.01,
  isCentred: false,
};

/** By name: `--backbone-input vggish`. From the papers' own code: models/research/audioset, audioset_tagging_cnn. */
export const logMelInputs: Readonly<
  Record<string, { readonly sampleRateHz: number; readonly logMel: LogMelInput }>
> = {
  vggish: { sampleRateHz: 16_000, logMel: vggish },
  yamnet: { sampleRateHz: 16_000, logMel: { ...vggish, offset: 0.001 } },
  panns: {
    sampleRateHz: 32_000,
    logMel: {
      ...vggish,
      frameSamples: 1024,
      fftSamples: 1024,
      hopSamples: 320,
      lowHz: 50,
      highHz: 14_000,
      melScale: "slaney",
      triangles: "hz",
      isNormalised: true,
      exponent: 2,
      logarithm: "db",
      offset: 1e-10,
      isCentred: true,
    },
  },
};
