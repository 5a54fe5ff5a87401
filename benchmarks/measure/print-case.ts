import { arch, cpus, platform } from "node:os";
import type { Measured } from "./compare.ts";
import { findMedian } from "./find-median.ts";
import type { Absence, Row } from "./row.ts";

interface Heading {
  readonly benchmark: string;
  readonly title: string;
  readonly threads: number;
  readonly rounds: number;
}

/** The processor as it names itself, cores, system. */
export function describeMachine(): string {
  const [processor] = cpus();
  return `${processor?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${platform()} ${arch()}`;
}

/** Figures of each engine, then the ratios, each unit for itself. */
export function printCase(
  { benchmark, title, threads, rounds }: Heading,
  measured: readonly Measured[],
  rows: readonly Row[],
): void {
  console.log(`\n${benchmark}: ${title}`);
  console.log(`threads ${threads}; ${rounds} interleaved rounds; ${describeMachine()}`);
  const units = new Set(measured.flatMap((one) => [...one.rounds.keys()]));
  for (const unit of units) {
    console.log(
      `\n  ${unit.padEnd(32)}${["min", "median", "max"].map((name) => name.padStart(10)).join("")}`,
    );
    const bound = measured.find(({ engine }) => isBound(engine.name))?.rounds.get(unit);
    for (const { engine, rounds: medians } of measured) {
      const values = medians.get(unit);
      if (values === undefined) continue;
      const columns = formatColumns([Math.min(...values), findMedian(values), Math.max(...values)]);
      const note = engine.note === undefined ? "" : `; ${engine.note}`;
      const fraction = bound === undefined ? NaN : findMedian(bound) / findMedian(values);
      const reached =
        isBound(engine.name) || Number.isNaN(fraction)
          ? ""
          : `; ${Math.round(100 * fraction)} % of the bound`;
      console.log(
        `  ${engine.name.padEnd(32)}${columns}   ${describeVersions(engine.versions)}${note}${reached}`,
      );
    }
    for (const row of rows.filter((one) => one.unit === unit)) {
      const columns = formatColumns([row.ratioMin, row.ratio, row.ratioMax]);
      console.log(`  ${`${row.subject} / ${row.peer}`.padEnd(48)}${columns}`);
    }
    const best = findBestRow(rows.filter((one) => one.unit === unit));
    if (best !== undefined) {
      const spread = `${best.ratioMin.toPrecision(3)} to ${best.ratioMax.toPrecision(3)}`;
      console.log(`  ratio to the best peer, ${best.peer}: ${best.ratio.toPrecision(3)} (${spread})`);
    }
  }
}

/** Our best beside the best peer, which a bound (a speed that nothing can exceed) is not. */
export function findBestRow(rows: readonly Row[]): Row | undefined {
  const compared = rows.filter(({ peer }) => !isBound(peer));
  return compared.toSorted((a, b) => a.peerMedian - b.peerMedian || a.subjectMedian - b.subjectMedian)[0];
}

/** Whether the name of a peer is that of a limit. */
export function isBound(peer: string): boolean {
  return peer.startsWith("bound: ");
}

export function printAbsences(absent: readonly Absence[]): void {
  if (absent.length === 0) return;
  console.log("\nabsent here:");
  for (const { benchmark, case: title, engine, reason } of absent) {
    console.log(`  ${benchmark}, ${title}: ${engine}: ${reason}`);
  }
}

function formatColumns(numbers: readonly number[]): string {
  return numbers.map((number) => formatFigure(number).padStart(10)).join("");
}

export function formatFigure(number: number): string {
  return number >= 1000 ? number.toFixed(0) : number.toPrecision(3);
}

function describeVersions(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
