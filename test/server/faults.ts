/**
 * What must not stop a server, one after another against a real one on loopback, with one line each. After every
 * fault it must answer again; at the end its open files and its memory must be what they were. Bounded in count and time.
 *
 *     npx tsx test/server/faults.ts [--only WORDS]
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";
import { measure, post, startServer } from "./fault-server.ts";
import { listFaults } from "./list-faults.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });

const folder = await mkdtemp(path.join(tmpdir(), "earshot-faults-"));
const model = path.join(folder, "model.onnx");
await writeFile(model, buildTinyModel());
const level = new Float32Array(4000).map((_, index) => (index % 2 === 0 ? 0.5 : -0.5));
const sound = Buffer.from(encodeWav({ samples: level, sampleRateHz: 8000 }));
const bomb = await makeBomb(path.join(folder, "bomb.flac"));

/** Ten minutes of eight silent channels at 192 kHz, in two megabytes. @returns undefined, and says so, without ffmpeg */
async function makeBomb(file: string): Promise<Buffer | undefined> {
  const silence = ["-f", "lavfi", "-i", "anullsrc=r=192000:cl=7.1", "-t", "599"];
  const { status } = spawnSync("ffmpeg", ["-v", "error", ...silence, "-c:a", "flac", file]);
  if (status === 0) return readFile(file);
  console.log("decoder bombs: skipped, there is no ffmpeg that makes one");
  return undefined;
}

function count(statuses: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, times]) => `${status} x ${times}`).join(", ");
}

let failures = 0;
const server = await startServer(model);
for (let warm = 0; warm < 200; warm++) await post(server, sound);
const before = await measure(server);
for (const [name, { allowed, run }] of Object.entries(listFaults({ model, sound, bomb }))) {
  if (!name.includes(values.only)) continue;
  const begin = performance.now();
  let outcome: string;
  try {
    const statuses = await run(server);
    const others = statuses.filter((status) => !allowed.includes(status));
    const isServing = (await post(server, sound)) === 200 && (await fetch(`${server.origin}/healthz`)).ok;
    outcome = `${others.length === 0 && isServing ? "ok" : "FAILED"}: ${count(statuses)}${isServing ? "" : ", no longer serving"}`;
  } catch (error) {
    outcome = `FAILED: ${String(error)}`;
  }
  if (outcome.startsWith("FAILED")) failures += 1;
  const { files, megabytes } = await measure(server);
  console.log(
    `${name}: ${outcome} (${((performance.now() - begin) / 1000).toFixed(1)} s; ${files} open files, ${megabytes.toFixed(0)} MB)`,
  );
}
// Refused bodies are closed, and connections that this process keeps open, once they are idle for 72 s.
let after = await measure(server);
for (let seconds = 0; seconds < 90 && after.files > before.files; seconds++) {
  await sleep(1000);
  after = await measure(server);
}
console.log(
  `open files: ${before.files} before, ${after.files} after; memory: ${before.megabytes.toFixed(0)} MB before, ${after.megabytes.toFixed(0)} MB after`,
);
if (after.files > before.files + 4 || after.megabytes > 2 * before.megabytes) failures += 1;
server.child.kill("SIGTERM");
await once(server.child, "exit");

const full = await startServer(model, openSync("/dev/full", "w"));
const statuses = [
  await post(full, sound),
  await post(full, sound),
  await post(full, Buffer.from("no sound")),
];
console.log(
  `full disk under the log: ${statuses.join() === "200,200,400" ? "ok" : "FAILED"}: ${count(statuses)}`,
);
if (statuses.join() !== "200,200,400") failures += 1;
full.child.kill("SIGTERM");
await once(full.child, "exit");
await rm(folder, { recursive: true, force: true });
process.exitCode = failures === 0 ? 0 : 1;
