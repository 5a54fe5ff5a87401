import { parseJob, type TrainingJob } from "../../run-files/job.ts";

/** Settings by path, for example `{ "optimiser.weightDecay": 0.05, "network.weightInit": "xavier" }`. */
export type Overrides = Readonly<Record<string, unknown>>;

/**
 * The job with some settings changed; any field can be named, `trunk.0.filters` included. Replacing a whole object
 * (`optimiser`) puts its other fields back to their defaults. @throws UserError on a path or value that no job has
 */
export function overrideJob(job: TrainingJob, overrides: Overrides): TrainingJob {
  const changed = Object.entries(overrides).reduce<unknown>(
    (value, [path, replacement]) => setAt(value, path.split("."), replacement),
    job,
  );
  return parseJob(changed);
}

function setAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      String(index) === key ? setAt(item, rest, replacement) : item,
    );
  const fields: Record<string, unknown> = typeof value === "object" ? { ...value } : {};
  return { ...fields, [key]: setAt(fields[key], rest, replacement) };
}
