import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createRandom } from "../../common/random.ts";
import { featureConfigSchema } from "../../features/feature-config.ts";

/** A config whose features Meyda makes in a few milliseconds. */
export const smallConfig = featureConfigSchema.parse({
  sampleRateHz: 8000,
  fftSamples: 256,
  hopSamples: 128,
  melBands: 8,
  clipSeconds: 0.25,
});

interface NoiseOptions {
  readonly seconds?: number;
  readonly sampleRateHz?: number;
  readonly level?: number;
}

/** A WAV file of seeded noise; each name gives other bytes. */
export function makeNoiseWav(name: string, options: NoiseOptions = {}): Uint8Array {
  const { seconds = 0.25, sampleRateHz = 8000, level = 0.5 } = options;
  const random = createRandom(1, name);
  const samples = new Float32Array(Math.round(seconds * sampleRateHz)).map(
    () => level * (2 * random.next() - 1),
  );
  return encodeWav({ samples, sampleRateHz });
}
