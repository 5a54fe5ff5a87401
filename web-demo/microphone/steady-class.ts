import { at } from "../../common/at.ts";
import { findTopClass } from "../../runtime/rank-labels.ts";
import { reachesThreshold } from "../../runtime/thresholds.ts";
import type { Score } from "../worker/score.ts";

/** As long as the gap over which a class's events are one event. */
const holdSeconds = 1;

/**
 * Which class a live headline names. Several answers a second arrive, and two classes that are about equally probable
 * take turns in them: a class that is named stays until it was not the one named for a second. The first one is named
 * immediately.
 */
export class SteadyClass {
  #shown: number | undefined;
  #seenSeconds = -Infinity;

  /** @param thresholds one for each label @returns position of the class among the labels; undefined: none is named */
  push({ probabilities, endSeconds }: Score, thresholds: readonly number[]): number | undefined {
    const index = findTopClass(probabilities);
    const isNamed =
      index !== -1 && reachesThreshold({ probability: at(probabilities, index), index }, thresholds);
    const named = isNamed ? index : undefined;
    const isOver = this.#shown === undefined || endSeconds - this.#seenSeconds >= holdSeconds;
    if (named === this.#shown || isOver) {
      this.#shown = named;
      this.#seenSeconds = endSeconds;
    }
    return this.#shown;
  }
}
