/** More classes than this do not fit beside the timeline. */
const mostRows = 10;

/**
 * Which classes have a row: all in the model's order when they fit, else the most probable; when one that has no row
 * becomes the most probable of all, it takes the place of the least probable.
 * @param current the rows so far, or none to pick anew
 */
export function pickRows(probabilities: Float32Array, current: readonly number[]): readonly number[] {
  const classes = [...probabilities.keys()];
  if (classes.length <= mostRows) return classes;
  const ranked = classes.sort((one, other) => (probabilities[other] ?? 0) - (probabilities[one] ?? 0));
  const [top] = ranked;
  if (current.length === 0) return ranked.slice(0, mostRows);
  if (top === undefined || current.includes(top)) return current;
  const least = ranked.findLast((index) => current.includes(index));
  return current.map((index) => (index === least ? top : index));
}
