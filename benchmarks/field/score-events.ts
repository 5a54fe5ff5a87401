/**
 * Scores of found events against the truth, by the definitions of sed_eval (Mesaros, Heittola, Virtanen: Metrics for
 * polyphonic sound event detection, 2016): micro-averaged over all events of all sounds.
 */
import { at } from "../../common/at.ts";
import type { Counts } from "../../run-files/field-file.ts";

export interface TimedEvent {
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** An end may be off by the collar, or by half of the event's length where that is more. */
const endFraction = 0.5;

/**
 * A found event is a hit when its label is right, its start is within the collar and its end within the collar or half of
 * the event's length; the pairs are as many as can be made.
 */
export function countEventHits(
  truth: readonly TimedEvent[],
  found: readonly TimedEvent[],
  collarSeconds: number,
): Counts {
  const candidates = truth.map((event) => {
    const endCollar = Math.max(collarSeconds, endFraction * (event.endSeconds - event.startSeconds));
    return [...found.keys()].filter((index) => {
      const other = at(found, index);
      return (
        other.label === event.label &&
        Math.abs(other.startSeconds - event.startSeconds) <= collarSeconds &&
        Math.abs(other.endSeconds - event.endSeconds) <= endCollar
      );
    });
  });
  return { truth: truth.length, found: found.length, hits: countMatching(candidates) };
}

/** Kuhn's algorithm. @param candidates for each on the left, whom it may be paired with on the right */
function countMatching(candidates: readonly (readonly number[])[]): number {
  const partners = new Map<number, number>();
  const findPartner = (left: number, tried: Set<number>): boolean =>
    at(candidates, left).some((right) => {
      if (tried.has(right)) return false;
      tried.add(right);
      const current = partners.get(right);
      if (current !== undefined && !findPartner(current, tried)) return false;
      partners.set(right, left);
      return true;
    });
  return candidates.filter((_, left) => findPartner(left, new Set())).length;
}

/** In each segment of the sound, which classes are active: from the segment of a start to that of an end. */
export function countSegmentHits(
  truth: readonly TimedEvent[],
  found: readonly TimedEvent[],
  { segmentSeconds, soundSeconds }: { readonly segmentSeconds: number; readonly soundSeconds: number },
): Counts {
  const segments = Math.ceil(soundSeconds / segmentSeconds);
  const collect = (events: readonly TimedEvent[]): Set<string> => {
    const active = new Set<string>();
    for (const { label, startSeconds, endSeconds } of events) {
      const end = Math.min(segments, Math.ceil(endSeconds / segmentSeconds));
      for (let segment = Math.floor(startSeconds / segmentSeconds); segment < end; segment++)
        active.add(`${segment} ${label}`);
    }
    return active;
  };
  const [inTruth, inFound] = [collect(truth), collect(found)];
  return {
    truth: inTruth.size,
    found: inFound.size,
    hits: [...inTruth].filter((cell) => inFound.has(cell)).length,
  };
}

export function addCounts(counts: readonly Counts[]): Counts {
  const sum = (key: keyof Counts): number => counts.reduce((total, one) => total + one[key], 0);
  return { truth: sum("truth"), found: sum("found"), hits: sum("hits") };
}

/**
 * How far the start of each event of the truth is from that of the found event of its class that overlaps it, the nearest
 * of them. @returns seconds, undefined for an event that was not found
 */
export function measureStartErrors(
  truth: readonly TimedEvent[],
  found: readonly TimedEvent[],
): (number | undefined)[] {
  return truth.map((event) => {
    const errors = found
      .filter(
        ({ label, startSeconds, endSeconds }) =>
          label === event.label && startSeconds < event.endSeconds && endSeconds > event.startSeconds,
      )
      .map(({ startSeconds }) => Math.abs(startSeconds - event.startSeconds));
    return errors.length === 0 ? undefined : Math.min(...errors);
  });
}
