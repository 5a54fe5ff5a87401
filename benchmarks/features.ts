/**
 * Log-mel of a 5-s clip: the feature graph, Meyda and librosa, each in a process of its own with one thread, asked
 * in turn, so that whatever else the machine does hits all of them.
 *
 *     tsx benchmarks/features.ts [--rounds 15] [--json]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { environmentPython, isEnvironmentReady } from "../setup/python-environment.ts";
import { type Engine, startEngine } from "./peers/engine-process.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, json: { type: "boolean", default: false } },
});
const rounds = Number(options.rounds);
const peersFolder = new URL("./peers/", import.meta.url);
const ours = ["graph-float64", "graph-split", "graph-float32"];

interface Row {
  readonly benchmark: "features";
  readonly case: string;
  readonly subject: string;
  readonly peer: string;
  /** Subject's time over the peer's: below 1 is faster. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly unit: "ms";
  readonly subjectMedian: number;
  readonly peerMedian: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Round by round, the median time of each engine. */
async function measure(engines: readonly Engine[]): Promise<Map<Engine, number[]>> {
  const medians = new Map<Engine, number[]>(engines.map((engine) => [engine, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const engine of engines) {
      const times = await engine.runRound();
      if (round > 0) medians.get(engine)?.push(findMedian(times)); // the first round warms up
    }
  }
  return medians;
}

function compare(subject: Engine, peer: Engine, medians: Map<Engine, number[]>): Row {
  const subjectTimes = medians.get(subject) ?? [];
  const peerTimes = medians.get(peer) ?? [];
  const ratios = subjectTimes.map((time, round) => time / (peerTimes[round] ?? NaN));
  return {
    benchmark: "features",
    case: "log-mel of 5 s at 44.1 kHz, one thread",
    subject: subject.name,
    peer: peer.name,
    ratio: findMedian(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    unit: "ms",
    subjectMedian: findMedian(subjectTimes),
    peerMedian: findMedian(peerTimes),
    versions: { ...peer.versions, ...subject.versions },
  };
}

function findMedian(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

function print(engines: readonly Engine[], medians: Map<Engine, number[]>, rows: readonly Row[]): void {
  console.log(
    `Log-mel of 5 s at 44.1 kHz, 214 frames of 96 bands; one thread each; ${rounds} interleaved rounds`,
  );
  console.log(
    `\n${"engine".padEnd(15)}${"ms min".padStart(9)}${"median".padStart(9)}${"max".padStart(9)}   off Meyda`,
  );
  for (const engine of engines) {
    const times = medians.get(engine) ?? [];
    const columns = [Math.min(...times), findMedian(times), Math.max(...times)].map((time) =>
      time.toFixed(2).padStart(9),
    );
    const difference = engine.largestDifference?.toExponential(1) ?? "other filters";
    console.log(
      `${engine.name.padEnd(15)}${columns.join("")}   ${difference.padEnd(13)} ${describe(engine)}`,
    );
  }
  console.log(
    `\n${"ratio of times".padEnd(32)}${"min".padStart(8)}${"median".padStart(8)}${"max".padStart(8)}`,
  );
  for (const row of rows) {
    const columns = [row.ratioMin, row.ratio, row.ratioMax].map((ratio) => ratio.toPrecision(3).padStart(8));
    console.log(`${`${row.subject} / ${row.peer}`.padEnd(32)}${columns.join("")}`);
  }
}

function describe({ versions }: Engine): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

const node = [process.execPath, "--import", "tsx", fileURLToPath(new URL("features-engine.ts", peersFolder))];
const commands = new Map([...ours, "meyda"].map((name) => [name, [...node, name]]));
if (isEnvironmentReady()) {
  commands.set("librosa", [environmentPython, fileURLToPath(new URL("features_librosa.py", peersFolder))]);
} else {
  console.error("librosa is left out: npm run setup:python installs it");
}
const engines = await Promise.all([...commands].map(([name, command]) => startEngine(name, command)));
const medians = await measure(engines);
const peers = engines.filter((engine) => !ours.includes(engine.name));
const subjects = engines.filter((engine) => ours.includes(engine.name));
const rows = subjects.flatMap((subject) => peers.map((peer) => compare(subject, peer, medians)));
if (options.json) console.log(JSON.stringify(rows, undefined, 2));
else print(engines, medians, rows);
for (const engine of engines) engine.stop();
