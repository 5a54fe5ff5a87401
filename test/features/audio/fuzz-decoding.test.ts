import { expect, it } from "vitest";
import { fuzzBases, fuzzDecoding } from "./fuzz-decoding.ts";

/** The long run, thousands a format: `npx tsx test/features/audio/print-fuzz-decoding.ts`. */
const filesPerFormat = 100;

it.each(fuzzBases())("no mutated $name crashes, hangs or gives garbage", async ({ name, bytes }) => {
  const { failures, refused } = await fuzzDecoding(bytes, name, filesPerFormat);
  expect(failures).toEqual([]);
  expect(refused).toBeGreaterThan(0);
});
