/**
 * Time and peak memory of ours against the number of clips, a recording's length, classes and the batch, each point in
 * a process of its own, with the exponents of the power laws that fit.
 *
 *     npm run bench -- --only growth [--case clips]
 *
 * EARSHOT_BENCH_LARGEST leaves out larger points, but not the first two.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import * as z from "zod";
import { defineNodeEngine } from "../measure/contestant.ts";
import { fitExponent } from "./fit-exponent.ts";
import { describeMachine, formatFigure } from "../measure/print-case.ts";
import type { BenchmarkResult, Growth } from "../measure/row.ts";

/** What grows, and the work whose cost is measured. */
const axes = [
  { axis: "clips", work: "features of a folder of 5-s clips", sizes: [100, 1000, 10_000] },
  { axis: "seconds", work: "a timeline of a recording", sizes: [1, 10, 100, 1000, 3600] },
  { axis: "classes", work: "exporting the CNN and answering 20 clips", sizes: [2, 10, 100, 1000] },
  { axis: "batch", work: "answering a batch of features", sizes: [1, 4, 16, 64, 256] },
];
const pointSchema = z.object({ seconds: z.number(), megabytes: z.number() });

async function measurePoint(axis: string, size: number): Promise<z.infer<typeof pointSchema>> {
  const { program, args } = defineNodeEngine("growth", "growth/growth-point.ts");
  const child = spawn(program, [...args, JSON.stringify({ axis, size })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ending = once(child, "close");
  const output = await text(child.stdout);
  await ending;
  return pointSchema.parse(JSON.parse(output));
}

const { values } = parseArgs({
  options: {
    case: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "1" },
    profile: { type: "boolean", default: false }, // of bench; a point's costs are not a profile's
  },
});
const largest = Number(process.env.EARSHOT_BENCH_LARGEST ?? "Infinity");
const growth: Growth[] = [];
for (const { axis, work, sizes } of axes.filter((one) => one.axis.includes(values.case))) {
  const time: Growth["points"] = [];
  const memory: Growth["points"] = [];
  for (const size of sizes.filter((one, index) => one <= largest || index < 2)) {
    let best = await measurePoint(axis, size);
    for (let round = 1; round < Number(values.rounds); round++) {
      const next = await measurePoint(axis, size);
      best = {
        seconds: Math.min(best.seconds, next.seconds),
        megabytes: Math.min(best.megabytes, next.megabytes),
      };
    }
    time.push({ size, cost: best.seconds });
    memory.push({ size, cost: best.megabytes });
  }
  const title = `${axis} (${work})`;
  growth.push({ axis: title, unit: "s", points: time, exponent: fitExponent(time) });
  growth.push({ axis: title, unit: "MB at most", points: memory, exponent: fitExponent(memory) });
}
const result: BenchmarkResult = { rows: [], absent: [], machines: { growth: describeMachine() }, growth };
if (values.json) console.log(JSON.stringify(result, undefined, 2));
else {
  for (const { axis, unit, points, exponent } of growth) {
    const listed = points.map(({ size, cost }) => `${size}: ${formatFigure(cost)}`).join(", ");
    console.log(`growth: ${axis}, ${unit}: exponent ${exponent.toFixed(2)}; ${listed}`);
  }
}
