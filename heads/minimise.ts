import { at } from "../common/at.ts";
import { addScaled, multiply } from "./matrix.ts";

/** Value of a smooth function at a point; its gradient is written into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly maxIterations?: number;
  /** Ends when no entry of the gradient is larger than this part of the first gradient's largest. */
  readonly gradientTolerance?: number;
  /** Ends when a step lowers the value by less than this part of it: for values that are only compared. Default 0. */
  readonly valueTolerance?: number;
}

/** Pairs of steps that stand for the curvature. */
const memory = 10;
/** Sufficient decrease, and how much flatter the slope must get (Nocedal and Wright, (3.7)). */
const decrease = 1e-4;
const flattening = 0.9;
const maxTrials = 40;

interface Point {
  readonly place: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Limited-memory BFGS with a bisecting Wolfe line search (Nocedal and Wright, Numerical Optimization, algorithms 7.4
 * and 7.5). @param start is not changed @returns where the function is least, as far as the options allow
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { maxIterations = 1000, gradientTolerance = 1e-4, valueTolerance = 0 }: MinimiseOptions = {},
): Float64Array {
  const evaluate = (place: Float64Array): Point => {
    const gradient = new Float64Array(place.length);
    return { place, gradient, value: objective(place, gradient) };
  };
  let point = evaluate(start.slice());
  const limit = gradientTolerance * findLargestSize(point.gradient);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (findLargestSize(point.gradient) <= limit) break;
    const direction = findDirection(point.gradient, pairs);
    const firstStep = pairs.length > 0 ? 1 : 1 / Math.sqrt(multiply(point.gradient, point.gradient));
    const next = searchLine(evaluate, point, direction, firstStep);
    if (next === undefined) break; // no step gets lower: the rest is rounding
    const step = subtract(next.place, point.place);
    const change = subtract(next.gradient, point.gradient);
    const curvature = multiply(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    const isSettled = point.value - next.value < valueTolerance * Math.abs(point.value);
    point = next;
    if (isSettled) break;
  }
  return point.place;
}

/** -H g by the two loops over the remembered pairs. */
function findDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = pairs.toReversed().map(({ step, change, curvature }) => {
    const weight = multiply(step, direction) / curvature;
    addScaled(direction, change, -weight);
    return weight;
  });
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / multiply(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index] = at(direction, index) * scale;
  }
  for (const [index, { step, change, curvature }] of pairs.entries()) {
    const weight = at(weights, pairs.length - 1 - index);
    addScaled(direction, step, weight - multiply(change, direction) / curvature);
  }
  return direction;
}

/** Halves and doubles until both Wolfe conditions hold. */
function searchLine(
  evaluate: (place: Float64Array) => Point,
  { place, gradient, value }: Point,
  direction: Float64Array,
  firstStep: number,
): Point | undefined {
  const slope = multiply(gradient, direction);
  if (!(slope < 0)) return undefined;
  let tooShort = 0;
  let tooLong = Infinity;
  let length = firstStep;
  let lower: Point | undefined;
  for (let trial = 0; trial < maxTrials; trial++) {
    const moved = place.slice();
    addScaled(moved, direction, length);
    const found = evaluate(moved);
    if (!(found.value <= value + decrease * length * slope)) tooLong = length;
    else {
      lower = found;
      if (multiply(found.gradient, direction) >= flattening * slope) return found;
      tooShort = length;
    }
    length = tooLong === Infinity ? 2 * length : (tooShort + tooLong) / 2;
  }
  return lower;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - at(b, index));
}

function findLargestSize(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
