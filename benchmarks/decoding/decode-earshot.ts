/** Our decoder on the decode benchmark; each worker is a thread, as in the extraction pool. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as z from "zod";
import { decodeAudio } from "../../features/audio/decode.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const pathsSchema = z.array(z.string());

async function decodeAll(paths: readonly string[]): Promise<void> {
  for (const file of paths) await decodeAudio(await readFile(file), file);
}

/** A thread that decodes its part of the files each time it is asked. */
function startWorker(paths: readonly string[]): () => Promise<void> {
  // A thread's first file cannot be TypeScript: it registers what reads it.
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const entry = JSON.stringify(import.meta.url);
  const start = `import(${tsx}).then(({ register }) => { register(); return import(${entry}); })`;
  const worker = new Worker(start, { eval: true, workerData: paths });
  worker.unref();
  return async () => {
    const done = once(worker, "message"); // rejects when the thread fails
    worker.postMessage("decode");
    await done;
  };
}

async function serve(): Promise<void> {
  const { folder, workers } = z.object({ folder: z.string(), workers: z.number() }).parse(readSettings());
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ogg"))
    .toSorted()
    .map((name) => path.join(folder, name));
  const shares = Array.from({ length: workers }, (_, worker) =>
    paths.filter((_path, index) => index % workers === worker),
  );
  const decodeShares = shares.map(startWorker);
  const name = "@wasm-audio-decoders/ogg-vorbis";
  await serveRounds({ versions: { [name]: readVersion(name) } }, () =>
    timeRuns(1, () => Promise.all(decodeShares.map((decode) => decode()))),
  );
}

if (isMainThread) {
  await serve();
} else {
  const paths = pathsSchema.parse(workerData);
  parentPort?.on("message", () => {
    void decodeAll(paths).then(() => parentPort?.postMessage("done"));
  });
}
