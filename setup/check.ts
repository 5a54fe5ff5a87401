// Everything that can be said about the code without running it: `npm run check`.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { projectFolder, runTool, type ToolResult } from "./run-tool.ts";

interface Check {
  readonly name: string;
  readonly run: () => Promise<ToolResult>;
}

/** The folders that hold source: given none, dependency-cruiser would read the caches and every run too. */
const rooms = readdirSync(projectFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|dist|docs|runs|coverage)$/.test(entry.name))
  .map((entry) => entry.name);

/** Rooms with a tsconfig of their own types: no Node and no DOM in features and runtime, JSX in the examples. */
const roomTypes = rooms
  .filter((room) => existsSync(path.join(projectFolder, room, "tsconfig.json")))
  .map((room): Check => ({
    name: `types in ${room}`,
    // What makes a second look fast; each project needs its own.
    run: () =>
      runTool(
        "tsc",
        ["-p", room, "--tsBuildInfoFile", `node_modules/.cache/types-${room}.tsbuildinfo`],
        "typescript",
      ),
  }));

const checks: readonly Check[] = [
  { name: "lint", run: () => runTool("eslint", ["--max-warnings", "0", "--concurrency", "2", "."]) },
  { name: "format", run: () => runTool("prettier", ["--check", "--log-level", "warn", "."]) },
  { name: "types", run: () => runTool("tsc", ["-p", "."], "typescript") },
  ...roomTypes,
  {
    name: "imports",
    run: () => runTool("depcruise", ["--output-type", "err-long", ...rooms], "dependency-cruiser"),
  },
  { name: "unused", run: () => runTool("knip", ["--no-progress"]) },
];

/** The slowest first. Two at a time: on two cores all take the time of the lint alone. */
const waiting = [...checks];
let failed = 0;

async function runWaiting(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const begin = performance.now();
    const { code, output } = await check.run();
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok    " : "FAILED"}  ${check.name.padEnd(18)} ${seconds.padStart(5)} s`);
    if (code !== 0) {
      failed++;
      console.log(output.trimEnd());
    }
  }
}

await Promise.all([runWaiting(), runWaiting()]);
console.log(`${checks.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
