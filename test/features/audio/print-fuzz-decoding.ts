/**
 * The long run of test/features/audio/fuzz-decoding.test.ts: decodes thousands of mutated files of each format.
 *
 *     tsx test/features/audio/print-fuzz-decoding.ts [files of each format, default 2000]
 */
import { fuzzBases, fuzzDecoding } from "./fuzz-decoding.ts";

const files = Number(process.argv[2] ?? 2000);
for (const { name, bytes } of fuzzBases()) {
  const { refused, decoded, slowestMs, failures } = await fuzzDecoding(bytes, name, files);
  console.log(`${name}: ${refused} refused, ${decoded} decoded, slowest ${slowestMs.toFixed(0)} ms`);
  for (const failure of failures) console.log(`  ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}
