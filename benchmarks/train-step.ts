/**
 * One training step (forward, backward, update; batch 32, [214, 96]) of our TF.js backend on ONNX Runtime beside
 * tfjs-node and PyTorch: `npx tsx benchmarks/train-step.ts`. Each engine has a process of its own, because two thread
 * pools in one disturb each other; rounds are interleaved, and a ratio compares the medians of one round, so that what
 * else the machine does falls on all alike. Prints a table, or with `--json` one row a ratio.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import * as z from "zod";

const options = await yargs(process.argv.slice(2))
  .option("case", { type: "string", array: true, describe: "e.g. cnn-sgd; default: all four" })
  .option("rounds", { type: "number", default: 7, describe: "interleaved rounds" })
  .option("steps", { type: "number", default: 5, describe: "steps a round" })
  .option("warmup", { type: "number", default: 8, describe: "steps before the first round" })
  .option("threads", { type: "number", default: 2, describe: "threads of each engine" })
  .option("clock", {
    choices: ["wall", "cpu"] as const,
    default: "wall",
    describe: "cpu: processor time, for a busy machine",
  })
  .option("python", {
    type: "string",
    default: "python3",
    describe: "a Python with torch; without, no PyTorch rows",
  })
  .option("compile", { type: "boolean", default: false, describe: "torch.compile as well (minutes)" })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "the ratios as one JSON array, and no other output",
  })
  .strict()
  .parse();

interface Engine {
  readonly name: string;
  readonly version: string;
  /** @returns milliseconds of each step */
  run(steps: number): Promise<number[]>;
  stop(): void;
}

const folder = fileURLToPath(new URL("peers/", import.meta.url));

/** @returns undefined when the engine does not start here */
async function startEngine(name: string, command: readonly string[]): Promise<Engine | undefined> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => undefined); // e.g. no Python: the first line never comes
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async (): Promise<unknown> => {
    const next = await lines.next();
    return next.done === true ? undefined : JSON.parse(next.value);
  };
  const hello = z.object({ version: z.string() }).safeParse(await readLine());
  if (!hello.success) {
    console.error(`${name}: does not start here, left out`);
    return undefined;
  }
  return {
    name,
    version: hello.data.version,
    run: async (steps) => {
      child.stdin.write(`${steps}\n`);
      return z
        .array(z.number())
        .min(1)
        .parse(await readLine());
    },
    stop: () => {
      child.stdin.end();
      child.kill();
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function measureCase(network: string, optimiser: string): Promise<void> {
  const tfjs = (engine: string) => [
    process.execPath,
    "--import",
    "tsx",
    `${folder}train-step-tfjs.ts`,
    engine,
    network,
    optimiser,
    String(options.threads),
    options.clock,
  ];
  const torch = (mode: string) => [
    options.python,
    `${folder}train_step_torch.py`,
    mode,
    network,
    optimiser,
    String(options.threads),
    options.clock,
  ];
  const started = [
    await startEngine("onnxruntime", tfjs("onnxruntime")),
    await startEngine("onnxruntime-compiled", tfjs("onnxruntime-compiled")),
    await startEngine("tfjs-node", tfjs("tfjs-node")),
    await startEngine("torch-eager", torch("eager")),
    options.compile ? await startEngine("torch-compile", torch("compile")) : undefined,
  ];
  const engines = started.filter((engine) => engine !== undefined);
  const rounds = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
  for (const engine of engines) await engine.run(options.warmup);
  for (let round = 0; round < options.rounds; round++) {
    for (const engine of engines) rounds.get(engine.name)?.push(median(await engine.run(options.steps)));
  }
  for (const engine of engines) engine.stop();
  report(`${network} ${optimiser}`, engines, rounds);
}

const rows: object[] = [];

function report(
  title: string,
  engines: readonly Engine[],
  rounds: ReadonlyMap<string, readonly number[]>,
): void {
  if (!options.json) printTimes(title, engines, rounds);
  for (const subject of engines.filter(({ name }) => name.startsWith("onnxruntime"))) {
    for (const peer of engines.filter(({ name }) => !name.startsWith("onnxruntime"))) {
      const ours = rounds.get(subject.name) ?? [];
      const theirs = rounds.get(peer.name) ?? [];
      const ratios = ours.map((time, round) => time / (theirs[round] ?? Number.NaN));
      const row = {
        benchmark: "train-step",
        case: title,
        subject: subject.name,
        peer: peer.name,
        ratio: median(ratios),
        ratioMin: Math.min(...ratios),
        ratioMax: Math.max(...ratios),
        unit: options.clock === "wall" ? "ms" : "ms of processor time",
        subjectMedian: median(ours),
        peerMedian: median(theirs),
        versions: { [subject.name]: subject.version, [peer.name]: peer.version, node: process.version },
      };
      rows.push(row);
      const spread = `(${row.ratioMin.toFixed(2)} to ${row.ratioMax.toFixed(2)})`;
      if (!options.json) console.log(`  ${row.subject} / ${row.peer}  ${row.ratio.toFixed(2)} ${spread}`);
    }
  }
}

function printTimes(
  title: string,
  engines: readonly Engine[],
  rounds: ReadonlyMap<string, readonly number[]>,
): void {
  console.log(
    `\n${title}, ${options.threads} threads, ${options.clock} time: median and least of ${options.rounds} rounds, ms a step`,
  );
  for (const { name, version } of engines) {
    const times = rounds.get(name) ?? [];
    console.log(
      `  ${name.padEnd(22)} ${median(times).toFixed(1).padStart(8)} ${Math.min(...times)
        .toFixed(1)
        .padStart(8)}  ${version}`,
    );
  }
}

const cases = ["cnn-sgd", "cnn-adamw", "cnn-transformer-sgd", "cnn-transformer-adamw"];
for (const name of options.case ?? cases) {
  const split = name.lastIndexOf("-");
  await measureCase(name.slice(0, split), name.slice(split + 1));
}
if (options.json) console.log(JSON.stringify(rows, null, 2));
