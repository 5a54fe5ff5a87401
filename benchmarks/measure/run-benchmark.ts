import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { compare, type Measured, measureRounds } from "./compare.ts";
import type { Contestant } from "./contestant.ts";
import { type Engine, startEngine } from "./engine-process.ts";
import { describeMachine, printAbsences, printCase } from "./print-case.ts";
import { printProfile } from "./print-profile.ts";
import type { Absence, BenchmarkResult } from "./row.ts";
import { describeError } from "../../common/describe-error.ts";

/** One piece of work. */
export interface BenchmarkCase {
  readonly title: string;
  readonly ours: readonly Contestant[];
  readonly peers: readonly Contestant[];
  /** Threads of each engine. Default 2. */
  readonly threads?: number;
  /** Rounds before the first that counts. Default 1; work that takes minutes, and starts cold for its users too, has 0. */
  readonly warmUps?: number;
}

export interface BenchmarkOptions {
  readonly rounds: number;
  readonly json: boolean;
  /** Only cases whose titles hold this. */
  readonly filter: string;
  /** Ours alone, with a profile of what they spend their time on. */
  readonly profile: boolean;
}

/**
 * Reads `--rounds N`, `--case WORDS`, `--json`, `--profile` from the command line, runs the cases one by one and
 * prints them: as tables, or as a BenchmarkResult and nothing else on standard output.
 */
export async function runBenchmark(
  benchmark: string,
  cases: readonly BenchmarkCase[],
  { rounds: defaultRounds = 15 }: { readonly rounds?: number } = {},
): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: String(defaultRounds) },
      case: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
    },
  });
  const { json, profile } = values;
  const options = { rounds: Number(values.rounds), json, profile, filter: values.case };
  const results: Pick<BenchmarkResult, "rows" | "absent">[] = [];
  for (const one of cases) {
    if (one.title.includes(options.filter)) results.push(await runCase(benchmark, one, options));
  }
  const absent = results.flatMap((result) => result.absent);
  const rows = results.flatMap((result) => result.rows);
  const result: BenchmarkResult = { rows, absent, machines: { [benchmark]: describeMachine() }, growth: [] };
  if (json) console.log(JSON.stringify(result, undefined, 2));
  else printAbsences(absent);
}

/** Starts the engines of a case, measures them and stops them. */
export async function runCase(
  benchmark: string,
  { title, ours, peers, threads = 2, warmUps }: BenchmarkCase,
  { rounds, json, profile }: BenchmarkOptions,
): Promise<Pick<BenchmarkResult, "rows" | "absent">> {
  const profileFolder = profile ? mkdtempSync(path.join(tmpdir(), "earshot-profile-")) : undefined;
  const absent: Absence[] = [];
  const addAbsence = ({ name: engine }: { readonly name: string }, error: unknown): void => {
    const reason = describeError(error);
    absent.push({ benchmark, case: title, engine, reason });
  };
  const start = async (contestants: readonly Contestant[]): Promise<Engine[]> => {
    const engines: Engine[] = [];
    for (const contestant of contestants) {
      try {
        if (contestant.absent !== undefined) throw new Error(contestant.absent);
        engines.push(await startEngine(contestant, { threads, profileFolder }));
      } catch (error) {
        addAbsence(contestant, error);
      }
    }
    return engines;
  };
  const subjects = await start(ours);
  const others = profile ? [] : await start(peers);
  const engines = [...subjects, ...others];
  const measured = await measureRounds(engines, { rounds, warmUps, onFailure: addAbsence });
  for (const engine of engines) engine.stop();
  const isSubject = ({ engine }: Measured): boolean => subjects.includes(engine);
  const rows = measured
    .filter(isSubject)
    .flatMap((subject) =>
      measured
        .filter((one) => !isSubject(one))
        .flatMap((peer) => compare({ benchmark, title }, subject, peer)),
    );
  if (!json) printCase({ benchmark, title, threads, rounds }, measured, rows);
  if (profileFolder !== undefined) await printProfile(profileFolder, subjects.length);
  return { rows, absent };
}
