// Does the runtime leak? 10,000 classifications and 100 classifiers made and disposed of, with a model file:
// npx tsx --expose-gc benchmarks/runtime-leaks.ts runs/latest/model.onnx
import { readdirSync } from "node:fs";
import { createClassifier } from "earshot/node";

const [modelPath = "runs/latest/model.onnx"] = process.argv.slice(2);

interface Usage {
  readonly heapMb: number;
  readonly residentMb: number;
  readonly handles: number;
}

function measure(): Usage {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const handles = process.platform === "linux" ? readdirSync("/proc/self/fd").length : NaN;
  return { heapMb: heapUsed / 2 ** 20, residentMb: rss / 2 ** 20, handles };
}

function report(title: string, { heapMb, residentMb, handles }: Usage): void {
  console.log(
    `${title.padEnd(32)} heap ${heapMb.toFixed(1)} MB, RSS ${residentMb.toFixed(0)} MB, handles ${handles}`,
  );
}

const ears = await createClassifier(modelPath, { allowUnverified: true });
const { sampleRateHz, windowSeconds } = ears.info;
const samples = Float32Array.from(
  { length: sampleRateHz * windowSeconds },
  (_, index) => Math.sin(index / 9) / 2,
);
for (let call = 0; call <= 10_000; call++) {
  await ears.classify({ samples, sampleRateHz });
  if (call === 100 || call % 2_500 === 0) report(`${call} classifications`, measure());
}
await ears.dispose();

for (let round = 0; round <= 100; round++) {
  await using other = await createClassifier(modelPath, { allowUnverified: true });
  await other.classify({ samples, sampleRateHz });
  if (round === 10 || round % 25 === 0) report(`${round} classifiers`, measure());
}
