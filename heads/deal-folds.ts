import { at } from "../common/at.ts";
import type { Random } from "../common/random.ts";

/** Items to deal: the class of each, or its classes, and the group (recording) that must not be split. */
export interface GroupedLabels {
  readonly labels: readonly (number | readonly number[])[];
  readonly groups: readonly string[];
  readonly classes: number;
}

/**
 * Deals items into folds at random: all items of a group into one, each class spread as evenly as the groups allow
 * (the aim of scikit-learn's StratifiedGroupKFold). There are as many folds as the class with the fewest groups has
 * groups, up to `folds`, so that every class is left to train on in each turn; at least 2.
 * @returns the fold of each item, from 0 @throws RangeError when a class has a single group: it could not be tested
 */
export function dealFolds(
  { labels: given, groups, classes }: GroupedLabels,
  folds: number,
  random: Random,
): number[] {
  const labels = given.map((own) => (typeof own === "number" ? [own] : own));
  const members = new Map<string, number[]>();
  for (const [item, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), item]);
  const groupsOfClass = Array.from({ length: classes }, () => new Set<string>());
  for (const [item, own] of labels.entries())
    for (const label of own) at(groupsOfClass, label).add(at(groups, item));
  const scarcest = Math.min(...groupsOfClass.map(({ size }) => size));
  if (scarcest < 2) {
    const label = groupsOfClass.findIndex(({ size }) => size < 2);
    throw new RangeError(
      `class ${label}: expected at least 2 recordings, got ${at(groupsOfClass, label).size}`,
    );
  }
  const count = Math.min(folds, scarcest);
  const load = Array.from({ length: count }, () => new Float64Array(classes + 1)); // the last: all classes
  const sizes = new Float64Array(classes);
  for (const label of labels.flat()) sizes[label] = at(sizes, label) + 1;
  const foldOf = new Array<number>(labels.length).fill(0);
  const shuffled = random.shuffle([...members.values()]);
  for (const items of shuffled.toSorted((a, b) => b.length - a.length)) {
    const fold = pickFold(
      load,
      items.flatMap((item) => at(labels, item)),
      sizes,
    );
    const own = at(load, fold);
    for (const item of items) {
      foldOf[item] = fold;
      for (const label of at(labels, item)) own[label] = at(own, label) + 1;
      own[classes] = at(own, classes) + 1;
    }
  }
  return foldOf;
}

/** The fold that has the smallest part of the group's classes; then the emptiest. @param sizes of the classes */
function pickFold(load: readonly Float64Array[], labels: readonly number[], sizes: Float64Array): number {
  const costs = load.map((own) => ({
    alike: labels.reduce((sum, label) => sum + at(own, label) / at(sizes, label), 0),
    total: at(own, sizes.length),
  }));
  let best = 0;
  for (const [fold, { alike, total }] of costs.entries()) {
    const least = at(costs, best);
    if (alike < least.alike || (alike === least.alike && total < least.total)) best = fold;
  }
  return best;
}
