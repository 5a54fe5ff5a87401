import { ConverterType, create } from "@alexanderolsen/libsamplerate-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinBlocks } from "../../../common/join-blocks.ts";
import { resample } from "../../../features/resample/resample.ts";
import { countResampled, createResampler } from "../../../features/resample/resampler.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";

const ratesHz = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000, 384_000];

async function convert(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  return (await resample({ samples, sampleRateHz: fromHz }, toHz)).samples;
}

/** Root mean square, without the ends, where silence meets the sound. */
function measureLevel(samples: Float32Array): number {
  const middle = samples.subarray(samples.length * 0.25, samples.length * 0.75);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample ** 2, 0) / middle.length);
}

describe("a tone that both rates can carry", () => {
  it.each(ratesHz.flatMap((fromHz) => [8000, 16_000, 44_100, 48_000].map((toHz) => [fromHz, toHz] as const)))(
    "comes from %i Hz to %i Hz at its frequency, phase and level, to -90 dB",
    async (fromHz, toHz) => {
      const frequencyHz = 0.85 * (Math.min(fromHz, toHz) / 2);
      const converted = await convert(makeTone(fromHz / 10, frequencyHz, fromHz), fromHz, toHz);
      const expected = makeTone(converted.length, frequencyHz, toHz);
      const error = converted.map((sample, index) => sample - (expected[index] ?? 0));
      expect(20 * Math.log10(measureLevel(error) / measureLevel(expected))).toBeLessThan(-90);
    },
  );
});

describe("a tone that the lower rate cannot carry", () => {
  it.each([
    [48_000, 44_100, 22_100],
    [48_000, 44_100, 23_900],
    [192_000, 44_100, 22_100],
    [192_000, 44_100, 90_000],
    [44_100, 16_000, 8050],
    [44_100, 8000, 4100],
  ])("is silenced by 100 dB: %i to %i Hz, tone of %i Hz", async (fromHz, toHz, frequencyHz) => {
    const converted = await convert(makeTone(fromHz / 5, frequencyHz, fromHz), fromHz, toHz);
    expect(20 * Math.log10(measureLevel(converted) / measureLevel(makeTone(1000, 100, toHz)))).toBeLessThan(
      -100,
    );
  });
});

it("agrees with libsamplerate's best converter on noise below the pass edge", async () => {
  const noise = await convert(makeNoise(4000, 1), 16_000, 44_100); // holds nothing above 8 kHz
  const ours = await convert(noise, 44_100, 48_000);
  const converter = await create(1, 44_100, 48_000, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });
  const theirs = converter.simple(noise);
  converter.destroy();
  const middle = (samples: Float32Array): Float32Array => samples.subarray(1000, 11_000);
  expect(findLargestDifference(middle(ours), middle(theirs))).toBeLessThan(2e-4);
});

describe("streaming", () => {
  it("gives the same samples to the bit, however the sound is cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ratesHz, 12_345),
        fc.constantFrom(8000, 44_100, 47_999),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 }),
        (fromHz, toHz, lengths) => {
          const sound = makeNoise(
            lengths.reduce((total, length) => total + length, 0),
            4,
          );
          const whole = createResampler(fromHz, toHz);
          const expected = joinBlocks([whole.push(sound), whole.flush()]);
          const cut = createResampler(fromHz, toHz);
          let start = 0;
          const blocks = lengths.map((length) => cut.push(sound.subarray(start, (start += length))));
          expect(joinBlocks([...blocks, cut.flush()])).toEqual(expected);
          expect(expected.length).toBe(countResampled(sound.length, fromHz, toHz));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("does not hold back more than the filter's reach", () => {
    const resampler = createResampler(48_000, 44_100);
    const ready = resampler.push(new Float32Array(48_000)).length;
    expect(countResampled(48_000, 48_000, 44_100) - ready).toBeLessThan(80);
  });
});

it("leaves a waveform of the wanted rate as it is", async () => {
  const waveform = { samples: makeNoise(10, 1), sampleRateHz: 44_100 };
  expect(await resample(waveform, 44_100)).toBe(waveform);
});

it("keeps a constant", async () => {
  const converted = await convert(new Float32Array(4000).fill(0.25), 44_100, 48_000);
  expect(
    findLargestDifference(converted.subarray(200, 4000), new Float32Array(3800).fill(0.25)),
  ).toBeLessThan(1e-7);
});

it("refuses rates that are no whole Hz", () => {
  expect(() => createResampler(0, 44_100)).toThrow("expected a rate in whole Hz, got 0");
  expect(() => createResampler(44_100, 0.5)).toThrow("expected a rate in whole Hz, got 0.5");
});
