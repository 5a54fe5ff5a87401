// An engine of the benchmarks' protocol whose figures are known: the settings' `ms`, one more each round.
import { createInterface } from "node:readline";

const { ms, fails, failsInRound } = JSON.parse(process.argv[2]);
if (fails) throw new TypeError("no such library");
console.log(JSON.stringify({ versions: { stub: "1.0.0" } }));
let round = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (round === failsInRound) throw new RangeError("out of memory");
  if (line === "round") console.log(JSON.stringify([ms + round, ms + round, 1000]));
  round += 1;
}
