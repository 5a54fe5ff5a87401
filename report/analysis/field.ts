import { at } from "../../common/at.ts";
import {
  collarsSeconds,
  type Condition,
  type Counts,
  type FieldRun,
  snrsDb,
} from "../../run-files/field-file.ts";

/** At one signal-to-noise ratio: means over folds, overlaps and false alarms of all. Fractions are 0 to 1. */
export interface FieldRow {
  readonly snrDb: number;
  /** One for each of `collarsSeconds`. */
  readonly eventF1: readonly number[];
  readonly segmentF1: number;
  readonly classAccuracy: number;
  readonly overlaps: { readonly events: number; readonly found: number };
  readonly falseAlarmsPerHour: number;
}

export interface FieldSummary {
  /** Of `classify`, on the clips as they are. */
  readonly clipAccuracy: number;
  /** In background alone. */
  readonly bedAlarmsPerHour: number;
  readonly rows: readonly FieldRow[];
}

/** @throws RangeError where a fold lacks a signal-to-noise ratio */
export function summariseField(run: FieldRun): FieldSummary {
  const sum = (read: (fold: FieldRun["folds"][number]) => number): number =>
    run.folds.reduce((total, fold) => total + read(fold), 0);
  return {
    clipAccuracy: meanOver(run, ({ clips }) => clips.hits / clips.clips),
    bedAlarmsPerHour: (60 * sum(({ beds }) => beds.events)) / sum(({ beds }) => beds.minutes),
    rows: snrsDb.map((snrDb) => {
      const mean = (read: (condition: Condition) => number): number =>
        meanOver(run, ({ conditions }) => read(findCondition(conditions, snrDb)));
      const count = (key: "events" | "found"): number =>
        sum(({ conditions }) => findCondition(conditions, snrDb).overlaps[key]);
      return {
        snrDb,
        eventF1: collarsSeconds.map((_, index) => mean(({ events }) => computeF1(at(events, index)))),
        segmentF1: mean(({ segments }) => computeF1(segments)),
        classAccuracy: mean(({ classes }) => classes.hits / classes.events),
        overlaps: { events: count("events"), found: count("found") },
        falseAlarmsPerHour: mean(({ falseAlarms }) => (60 * falseAlarms) / run.settings.scenes),
      };
    }),
  };
}

/** @throws RangeError where there is none */
export function findCondition(conditions: readonly Condition[], snrDb: number): Condition {
  const found = conditions.find((condition) => condition.snrDb === snrDb);
  if (found === undefined) throw new RangeError(`field: expected ${snrDb} dB, got none`);
  return found;
}

/** Harmonic mean of precision and recall; 0 where nothing is right. */
export function computeF1({ truth, found, hits }: Counts): number {
  return truth + found === 0 ? 0 : (2 * hits) / (truth + found);
}

function meanOver({ folds }: FieldRun, read: (fold: FieldRun["folds"][number]) => number): number {
  return folds.reduce((sum, fold) => sum + read(fold), 0) / folds.length;
}
