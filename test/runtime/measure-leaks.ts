// Does the runtime leak? Classifies many times, reads many files in threads and makes many classifiers; exit code 1 when
// heap, memory or handles grow.
// npx tsx --expose-gc test/runtime/measure-leaks.ts runs/latest/model.onnx [classifications] [classifiers]
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClassifier } from "earshot/node";
import { encodeWav } from "../../features/audio/encode-wav.ts";

const [modelPath = "runs/latest/model.onnx", classifications = "10000", classifiers = "100"] =
  process.argv.slice(2);

/** What may still grow after the warm-up: caches of the engine and of the allocator. */
const allowance = { heapMb: 3, residentMb: 40, handles: 2 };

interface Usage {
  readonly heapMb: number;
  readonly residentMb: number;
  readonly handles: number;
}

function measure(): Usage {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const handles = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return { heapMb: heapUsed / 2 ** 20, residentMb: rss / 2 ** 20, handles };
}

/** Runs the work `rounds` times and compares the memory after a tenth of them with the memory at the end. */
async function watch(title: string, rounds: number, work: () => Promise<unknown>): Promise<void> {
  const warmUp = Math.ceil(rounds / 10);
  for (let round = 0; round < warmUp; round++) await work();
  const before = measure();
  for (let round = warmUp; round < rounds; round++) await work();
  const after = measure();
  const grown = {
    heapMb: after.heapMb - before.heapMb,
    residentMb: after.residentMb - before.residentMb,
    handles: after.handles - before.handles,
  };
  const leaks =
    grown.heapMb > allowance.heapMb ||
    grown.residentMb > allowance.residentMb ||
    grown.handles > allowance.handles;
  console.log(
    `${rounds} ${title}: heap ${before.heapMb.toFixed(1)} -> ${after.heapMb.toFixed(1)} MB, ` +
      `RSS ${before.residentMb.toFixed(0)} -> ${after.residentMb.toFixed(0)} MB, ` +
      `handles ${before.handles} -> ${after.handles}: ${leaks ? "LEAKS" : "flat"}`,
  );
  if (leaks) process.exitCode = 1;
}

const classifier = await createClassifier(modelPath, { allowUnverified: true });
const { sampleRateHz, windowSeconds } = classifier.info;
const samples = Float32Array.from({ length: sampleRateHz * windowSeconds }, (_, index) =>
  Math.sin(index / 9),
);
await watch("classifications", Number(classifications), () => classifier.classify({ samples, sampleRateHz }));
const folder = mkdtempSync(join(tmpdir(), "earshot-leaks-"));
try {
  const file = join(folder, "clip.wav");
  writeFileSync(file, encodeWav({ samples, sampleRateHz }));
  const files = Array.from({ length: 10 }, () => file);
  await watch("batches of 10 files", Number(classifications) / 100, async () => {
    const answers = await classifier.classifyBatch([...files, "missing.wav"]);
    if (answers.filter(({ error }) => error !== undefined).length !== 1)
      throw new Error("expected one error in each batch");
    for await (const entry of classifier.classifyLong(file)) if (entry.endSeconds > 0) break; // given up early
  });
} finally {
  rmSync(folder, { recursive: true });
}
await classifier.dispose();
await watch("classifiers", Number(classifiers), async () => {
  await using other = await createClassifier(modelPath, { allowUnverified: true });
  await other.classify({ samples, sampleRateHz });
});
