import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

type Figures = readonly number[] | Readonly<Record<string, readonly number[]>>;

/** The engine's settings, to be checked by the caller. */
export function readSettings(): unknown {
  return JSON.parse(process.argv[2] ?? "{}");
}

interface Greeting {
  /** By name, Node's added. */
  readonly versions: Readonly<Record<string, string>>;
  readonly note?: string;
}

/**
 * An engine's side of the protocol: one line of JSON with versions, then for each line read one line of figures:
 * milliseconds, or figures by unit.
 */
export async function serveRounds(
  { versions, ...greeting }: Greeting,
  runRound: () => Promise<Figures> | Figures,
): Promise<void> {
  console.log(JSON.stringify({ ...greeting, versions: { node: process.versions.node, ...versions } }));
  const requests = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  while ((await requests.next()).done !== true) console.log(JSON.stringify(await runRound()));
}

/** @returns the milliseconds of each run */
export async function timeRuns(runs: number, run: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < runs; count++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

/** Of an installed package. */
export function readVersion(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}
