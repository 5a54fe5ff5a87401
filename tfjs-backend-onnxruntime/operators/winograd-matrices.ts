import { at } from "../../common/at.ts";
/** Windows that one tile gives. More would take fewer products and cost more precision. */
export const windowsPerTile = 4;

/** Where polynomials are evaluated, beside infinity: small, and with short binary fractions. */
const places = [0, 1, -1, 2, -2, 0.5, -0.5];

/** Taps of the longest filter that the places suffice for. */
export const maxFilterSize = places.length - windowsPerTile + 2;

/** Row by row. */
export type Matrix = readonly (readonly number[])[];

/** What mixes the elements of a tile, the taps of a filter and the products. */
export interface WinogradMatrices {
  /** [tile, tile] of the input. */
  readonly input: Matrix;
  /** [tile, filter size] of the filter. */
  readonly filter: Matrix;
  /** [tile, windows per tile]: its transpose takes the products to the results. */
  readonly output: Matrix;
}

/**
 * Winograd's minimal filtering F(4, size): `outputᵀ · ((filter · taps) * (input · tile))` are the sums of 4 windows
 * over a tile of `size + 3` elements, by as many products where plain windows take 4 x size. Built as Toom-Cook's
 * product of polynomials, transposed: evaluate at `size + 2` places and at infinity, multiply, interpolate by
 * Lagrange, whose denominators go to the filter.
 *
 * @param size taps of the filter, 2 to `maxFilterSize`
 * @see S. Winograd, Arithmetic Complexity of Computations (1980); A. Lavin and S. Gray, Fast Algorithms for
 * Convolutional Neural Networks (2015), https://arxiv.org/abs/1509.09308
 */
export function makeWinogradMatrices(size: number): WinogradMatrices {
  const finite = places.slice(0, windowsPerTile + size - 2);
  const others = (place: number) => finite.filter((other) => other !== place);
  const denominators = [
    ...finite.map((place) => others(place).reduce((product, other) => product * (place - other), 1)),
    1, // at infinity
  ];
  return {
    input: [...finite.map((place) => [...expandRoots(others(place)), 0]), expandRoots(finite)],
    filter: evaluatePowers(finite, size).map((row, index) =>
      row.map((power) => power / at(denominators, index)),
    ),
    output: evaluatePowers(finite, windowsPerTile),
  };
}

/** Coefficients of the product of (x - root), lowest power first. */
function expandRoots(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (coefficients, root) =>
      // Below the lowest power there is nothing: its coefficient is 0.
      [...coefficients, 0].map((coefficient, power) => (coefficients[power - 1] ?? 0) - root * coefficient),
    [1],
  );
}

/** Powers 0 to count - 1 at each place, then at infinity, where only the highest counts. */
function evaluatePowers(finite: readonly number[], count: number): number[][] {
  const powers = Array.from({ length: count }, (_, power) => power);
  return [
    ...finite.map((place) => powers.map((power) => place ** power)),
    powers.map((power) => (power === count - 1 ? 1 : 0)),
  ];
}

export function transposeMatrix(matrix: Matrix): Matrix {
  return at(matrix, 0).map((_, column) => matrix.map((row) => at(row, column)));
}
