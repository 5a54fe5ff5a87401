import { at } from "../common/at.ts";
import { createRandom } from "../common/random.ts";
import { compressRows } from "./compress-rows.ts";
import { scaleLogits, scoreRows } from "./linear-head.ts";
import { fitPath } from "./logistic-regression.ts";
import { type Matrix, normaliseRows, takeRows, viewRow } from "./matrix.ts";
import type { TrainedHead, TrainingClips } from "./train-head.ts";

/** More fits than this take seconds; recordings are then left out several at a time. */
const maxFits = 20;
/**
 * Each fit starts at the head of all clips, and so has seen those that are left out: it ends by its gradient, which
 * their leaving has raised, when a tenth of that is left. Ended by its value, as a fit from zero is, it would still
 * know them: 197 of 199 clips of ESC-10 named correctly for 196, and a fifth less cross-entropy than exact fits have.
 */
const gradientTolerance = 0.1;

/**
 * Logits of every clip by a head that was trained on all clips but those of its recording, at the strength and
 * temperature of the trained head: what the head makes of a sound that it does not know. With more than 20 recordings
 * these are dealt, at random, into 20 parts that are left out together.
 * @returns [rows, classes], or undefined where a class has a single recording, which leaves nothing to train on
 */
export function scoreLeftOut(
  clips: TrainingClips,
  { strength, temperature }: Pick<TrainedHead, "strength" | "temperature">,
  seed = 0,
): Matrix | undefined {
  if (strength === undefined || !hasTwoRecordings(clips)) return undefined;
  const { labels, groups, classes } = clips;
  const { rows } = compressRows(normaliseRows(clips.rows));
  const values = new Float64Array(rows.rows * classes);
  const whole = at(fitPath({ rows, labels, classes }, [strength]), 0);
  for (const tested of dealParts(groups, seed)) {
    const isTested = new Set(tested);
    const trained = [...labels.keys()].filter((row) => !isTested.has(row));
    const part = { rows: takeRows(rows, trained), labels: trained.map((row) => at(labels, row)), classes };
    const head = scaleLogits(
      at(fitPath(part, [strength], { start: whole, gradientTolerance }), 0),
      temperature,
    );
    const logits = scoreRows(head, takeRows(rows, tested));
    for (const [position, row] of tested.entries()) values.set(viewRow(logits, position), row * classes);
  }
  return { rows: rows.rows, columns: classes, values };
}

/** @returns for each part the rows of its recordings */
function dealParts(groups: readonly string[], seed: number): number[][] {
  const members = new Map<string, number[]>();
  for (const [row, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), row]);
  const recordings = createRandom(seed, "left out").shuffle([...members.values()]);
  const parts = Array.from({ length: Math.min(maxFits, recordings.length) }, (): number[] => []);
  for (const [index, rows] of recordings.entries()) at(parts, index % parts.length).push(...rows);
  return parts;
}

function hasTwoRecordings({ labels, groups, classes }: TrainingClips): boolean {
  const recordings = Array.from({ length: classes }, () => new Set<string>());
  for (const [row, label] of labels.entries()) at(recordings, label).add(at(groups, row));
  return recordings.every(({ size }) => size >= 2);
}
