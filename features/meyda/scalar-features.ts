/** Features of Meyda's that can stand beside the mel bands, and how many columns each fills. */
const columnsOf = {
  rms: 1,
  energy: 1,
  zcr: 1,
  spectralCentroid: 1,
  spectralFlatness: 1,
  spectralSlope: 1,
  spectralRolloff: 1,
  spectralSpread: 1,
  spectralSkewness: 1,
  spectralKurtosis: 1,
  spectralCrest: 1,
  /** The total over the 24 Bark bands. */
  loudness: 1,
  perceptualSpread: 1,
  perceptualSharpness: 1,
  mfcc: 13,
  chroma: 12,
};

export type ScalarFeature = keyof typeof columnsOf;

/** Meyda's `spectralFlux` is not among them: in 5.6.3 it throws for every input. */
export const scalarFeatureNames = [
  "rms",
  "energy",
  "zcr",
  "spectralCentroid",
  "spectralFlatness",
  "spectralSlope",
  "spectralRolloff",
  "spectralSpread",
  "spectralSkewness",
  "spectralKurtosis",
  "spectralCrest",
  "loudness",
  "perceptualSpread",
  "perceptualSharpness",
  "mfcc",
  "chroma",
] as const satisfies readonly ScalarFeature[];

/** Columns of one frame: the mel bands, then each scalar feature's, in the config's order. */
export function countColumns(config: {
  readonly melBands: number;
  readonly scalarFeatures: readonly ScalarFeature[];
}): number {
  return config.scalarFeatures.reduce((total, feature) => total + columnsOf[feature], config.melBands);
}

export function countFeatureColumns(feature: ScalarFeature): number {
  return columnsOf[feature];
}
