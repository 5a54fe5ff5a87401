/**
 * Our server and a FastAPI server with the same model, under the same load on loopback: 64 connections that post 5-s
 * ogg files. Prints throughput and p99 as ratios, `/healthz` meanwhile, memory, and what one long recording among short
 * ones costs these. Everything is bounded in time; run it while the machine does nothing else.
 *
 *     npx tsx benchmarks/server/load.ts --clips FOLDER [--model pretrained/esc10.onnx] [--seconds 60] [--rounds 3] [--connections 64]
 *       [--python .cache/server-venv/bin/python]
 *
 * The peer needs `pip install fastapi uvicorn uvloop httptools onnxruntime numpy soundfile` in that Python.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { classifyFiles, createClassifier } from "../../runtime/node.ts";
import { pretrainedPath } from "../../pipeline/default-model.ts";
import { listAudioFiles } from "../../pipeline/data/list-audio-files.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";

const { values } = parseArgs({
  options: {
    clips: { type: "string" },
    model: { type: "string", default: pretrainedPath },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "64" },
    python: { type: "string", default: ".cache/server-venv/bin/python" },
  },
});
if (values.clips === undefined) throw new Error("--clips: expected a folder of sound files");
const { model } = values;
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const bodies = await Promise.all(
  (await listAudioFiles([values.clips])).slice(0, 100).map((path) => readFile(path)),
);

const predictPasses = 3;

interface Server {
  readonly child: ChildProcess;
  readonly origin: string;
}

/** Starts a server and waits until it answers. */
async function start(command: string, args: readonly string[], port: number, path: string): Promise<Server> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(origin + path).catch(() => undefined);
    if (answer?.ok === true) return { child, origin };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill("SIGKILL");
  throw new Error(`${command}: expected a server at port ${port}, found none in 60 s`);
}

async function stop({ child }: Server): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

function startOurs(port: number): Promise<Server> {
  const cli = ["--import", "tsx", "pipeline/cli.ts", "serve", "--model", model, "--port", String(port)];
  return start(process.execPath, [...cli, "--log-level", "warn"], port, "/readyz");
}

function startPeer(port: number): Promise<Server> {
  return start(values.python, ["benchmarks/server/serve_fastapi.py", model, String(port)], port, "/healthz");
}

/** Answers that count as a server that works: those of a refused sound cost less and would flatter it. */
const answers = ["200", "503"];

interface Load {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: number;
}

async function load(origin: string, path: string, forSeconds = seconds): Promise<Load> {
  const result = await autocannon({
    url: origin + path,
    connections,
    duration: forSeconds,
    timeout: 60,
    requests: bodies.map((body) => ({ method: "POST", body, headers: { "content-type": "audio/ogg" } })),
  });
  const others = Object.keys(result.statusCodeStats ?? {}).filter((code) => !answers.includes(code));
  if (others.length > 0)
    throw new Error(`${origin}${path}: expected ${answers.join(" or ")}, got ${others.join(", ")}`);
  return {
    requestsPerSecond: result["2xx"] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    statuses: Object.fromEntries(
      Object.entries(result.statusCodeStats ?? {}).map(([code, { count = 0 }]) => [code, count]),
    ),
    errors: result.errors + result.timeouts,
  };
}

/** Asks /healthz every 100 ms until the work ends. @returns p99 in ms */
async function probeWhile(origin: string, work: Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const state = { isOver: false };
  void work.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    const begin = performance.now();
    await (await fetch(`${origin}/healthz`)).arrayBuffer();
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length * 0.99)] ?? NaN;
}

/** Resident memory of a process and its children, in MB. */
async function readMemory(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8"))
    .trim()
    .split(" ")
    .filter(Boolean);
  const own = Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]) * 4096;
  let sum = own / 1e6;
  for (const child of children) sum += await readMemory(Number(child));
  return sum;
}

function print(name: string, { requestsPerSecond, p50, p99, statuses, errors }: Load): void {
  console.log(
    `${name}: ${requestsPerSecond.toFixed(1)} clips/s, p50 ${p50} ms, p99 ${p99} ms (${(p99 / p50).toFixed(2)} x), ` +
      `statuses ${JSON.stringify(statuses)}, errors ${errors}`,
  );
}

console.log(
  `load of the machine before: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")}; ${bodies.length} files`,
);

await using classifier = await createClassifier(model, { allowUnverified: true });
const sounds = bodies.map((bytes, index) => ({ name: String(index), bytes }));
await classifyAll(); // warm
const begin = performance.now();
for (let pass = 0; pass < predictPasses; pass++) await classifyAll();
const predictPerSecond = (1000 * predictPasses * sounds.length) / (performance.now() - begin);
console.log(`predict: ${predictPerSecond.toFixed(1)} clips/s`);

const ours = await startOurs(18_101);
const peer = existsSync(values.python) ? await startPeer(18_102) : undefined;
if (peer === undefined) console.log(`FastAPI: not measured, there is no ${values.python}`);
await load(ours.origin, "/v1/classify", 5); // warm
if (peer !== undefined) await load(peer.origin, "/classify", 5);
const before = await readMemory(ours.child.pid ?? 0);

// In turn, so that what else the machine does falls on both alike.
const throughputs: number[] = [];
const tails: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const running = load(ours.origin, "/v1/classify");
  const healthP99 = await probeWhile(ours.origin, running);
  const own = await running;
  print("earshot", own);
  console.log(
    `  over predict's throughput: ${(own.requestsPerSecond / predictPerSecond).toFixed(2)} (target 0.9); ` +
      `/healthz p99 ${healthP99.toFixed(0)} ms (target 50); ` +
      `memory of all processes ${before.toFixed(0)} MB before, ${(await readMemory(ours.child.pid ?? 0)).toFixed(0)} MB now`,
  );
  if (peer === undefined) continue;
  const theirs = await load(peer.origin, "/classify");
  print("FastAPI", theirs);
  throughputs.push(own.requestsPerSecond / theirs.requestsPerSecond);
  tails.push(own.p99 / theirs.p99);
}
const show = (ratios: readonly number[]): string => ratios.map((ratio) => ratio.toFixed(2)).join(", ");
if (peer !== undefined) {
  console.log(
    `ours over theirs, round by round: throughput ${show(throughputs)} (target 1.3), p99 ${show(tails)} (target 0.8)`,
  );
  await stop(peer);
}

// Few connections, so that the p99 is that of the work and not of the queue.
const minutes = new Float32Array(10 * 60 * 44_100).map(
  (_, index) => 0.1 * Math.sin(index / 20) * Math.sin(index / 44_100),
);
const recording = encodeWav({ samples: minutes, sampleRateHz: 44_100 });
const alone = await loadFew();
const given = new AbortController();
const long = fetch(`${ours.origin}/v1/events`, { method: "POST", body: recording, signal: given.signal })
  .then((answer) => answer.text())
  .catch(() => "");
const besides = await loadFew();
given.abort();
await long;
console.log(
  `short ones' p99: ${alone.p99} ms alone, ${besides.p99} ms beside a 10-minute body ` +
    `(${(besides.p99 / alone.p99).toFixed(2)} x, target 2)`,
);
await stop(ours);
console.log(
  `load of the machine after: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")}`,
);

/** As `earshot predict` does. */
async function classifyAll(): Promise<void> {
  for await (const { error } of classifyFiles(classifier, sounds)) if (error !== undefined) throw error;
}

async function loadFew(): Promise<Load> {
  const result = await autocannon({
    url: `${ours.origin}/v1/classify`,
    connections: 2,
    duration: Math.min(20, seconds),
    timeout: 60,
    requests: bodies.map((body) => ({ method: "POST", body })),
  });
  return {
    requestsPerSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    statuses: {},
    errors: result.errors,
  };
}
