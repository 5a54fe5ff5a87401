import { at } from "../../common/at.ts";
import type { Engine, Figures } from "./engine-process.ts";
import { findMedian } from "./find-median.ts";
import type { Row } from "./row.ts";

/** An engine's figures: by unit the median of each round. */
export interface Measured {
  readonly engine: Engine;
  readonly rounds: ReadonlyMap<string, readonly number[]>;
}

interface RoundOptions {
  readonly rounds: number;
  /** Rounds before the first that counts. Default 1. */
  readonly warmUps?: number | undefined;
  /** An engine failed in a round; it is not asked again. */
  readonly onFailure: (engine: Engine, error: unknown) => void;
}

/**
 * Asks the engines in turn, so that whatever else the machine does falls on all of them.
 * @returns those that did not fail, in their order
 */
export async function measureRounds(
  engines: readonly Engine[],
  { rounds, warmUps = 1, onFailure }: RoundOptions,
): Promise<Measured[]> {
  let measured = engines.map((engine) => ({ engine, rounds: new Map<string, number[]>() }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const one of measured) {
      try {
        const figures = await one.engine.runRound();
        if (round >= 0) addMedians(one.rounds, figures);
      } catch (error) {
        onFailure(one.engine, error);
        measured = measured.filter((other) => other !== one);
      }
    }
  }
  return measured;
}

function addMedians(medians: Map<string, number[]>, figures: Figures): void {
  for (const [unit, values] of Object.entries(figures)) {
    medians.set(unit, [...(medians.get(unit) ?? []), findMedian(values)]);
  }
}

/** A row for each unit that both have. A ratio compares the medians of one round. */
export function compare(
  { benchmark, title }: { readonly benchmark: string; readonly title: string },
  subject: Measured,
  peer: Measured,
): Row[] {
  return [...subject.rounds].flatMap(([unit, ours]) => {
    const theirs = peer.rounds.get(unit);
    if (theirs === undefined) return [];
    const ratios = ours.map((value, round) => value / at(theirs, round));
    return {
      benchmark,
      case: title,
      subject: subject.engine.name,
      peer: peer.engine.name,
      ratio: findMedian(ratios),
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
      unit,
      subjectMedian: findMedian(ours),
      peerMedian: findMedian(theirs),
      versions: { ...peer.engine.versions, ...subject.engine.versions },
    };
  });
}
