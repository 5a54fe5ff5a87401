import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { takeSymbolic } from "../parity-harness.ts";
import { makersByRank, pick, type Place, type Step } from "./random-layers.ts";

const { layers } = tf;

export interface RandomModel {
  readonly model: tf.LayersModel;
  readonly inputShapes: number[][];
  /** Class names of its layers. */
  readonly families: string[];
}

export interface ModelPlan {
  readonly shape: readonly number[];
  /** The first axis after the batch is null for the model. */
  readonly isOpen: boolean;
  /** A second input, merged after the first step where shapes allow. */
  readonly isDouble: boolean;
  readonly steps: readonly Step[];
  readonly seed: number;
}

const step = fc.record({
  kind: fc.nat(1000),
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  isSame: fc.boolean(),
  flag: fc.boolean(),
});

const size = fc.integer({ min: 1, max: 9 });
const channels = fc.integer({ min: 1, max: 5 });

export const modelPlan: fc.Arbitrary<ModelPlan> = fc.record({
  shape: fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 8 })),
    fc.tuple(fc.integer({ min: 1, max: 17 }), channels),
    fc.tuple(size, size, channels),
    fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      channels,
    ),
  ),
  isOpen: fc.boolean(),
  isDouble: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  seed: fc.nat(1_000_000),
});

const merges = [
  layers.add,
  layers.multiply,
  layers.maximum,
  layers.minimum,
  layers.average,
  layers.concatenate,
] as const;

export function buildRandomModel(plan: ModelPlan): RandomModel {
  const { shape, isOpen, isDouble, steps } = plan;
  const batch = 2;
  const modelShape = shape.map((one, axis) => (isOpen && axis === 0 && shape.length > 1 ? null : one));
  const inputs = Array.from({ length: isDouble ? 2 : 1 }, (_, index) =>
    tf.input({ shape: modelShape, name: `x${index}` }),
  );
  const families = new Set<string>();
  const apply = (place: Place, layer: tf.layers.Layer): Place => {
    families.add(layer.getClassName());
    const tensor = takeSymbolic(layer.apply(place.tensor));
    return {
      tensor,
      shape: tensor.shape.map(
        (one, axis) => one ?? readSize(layer.computeOutputShape([...place.shape]), axis),
      ),
    };
  };
  const merge = (one: Place, other: Place, s: Step): Place => {
    const layer = pick(merges, s.kind)();
    families.add(layer.getClassName());
    const isJoined = layer.getClassName() === "Concatenate";
    const last = (one.shape.at(-1) ?? 0) + (other.shape.at(-1) ?? 0);
    const merged = isJoined ? [...one.shape.slice(0, -1), last] : one.shape;
    return { tensor: takeSymbolic(layer.apply([one.tensor, other.tensor])), shape: merged };
  };

  const start = inputs.map((tensor): Place => ({ tensor, shape: [batch, ...shape] }));
  let [place] = start;
  if (place === undefined) throw new Error("no input");
  const [first] = steps;
  const other = start[1];
  if (other !== undefined && first !== undefined) place = merge(place, other, first);
  for (const s of steps) {
    const makers = makersByRank[place.shape.length] ?? [];
    const before = place;
    const layer = pick(makers, s.kind)(place, s);
    if (layer !== undefined) place = apply(place, layer);
    // A residual connection, where the layer has kept the shape.
    const isAlike =
      before !== place &&
      before.shape.join() === place.shape.join() &&
      before.tensor.shape.join() === place.tensor.shape.join();
    if (isAlike && s.flag) place = merge(place, before, s);
  }
  const model = tf.model({
    inputs,
    outputs: place.tensor === start[0]?.tensor ? apply(place, layers.reLU()).tensor : place.tensor,
  });
  return { model, inputShapes: start.map((one) => [...one.shape]), families: [...families] };
}

function readSize(shapes: tf.Shape | tf.Shape[], axis: number): number {
  const [first] = shapes;
  const only = Array.isArray(first) ? first : shapes;
  const value = only[axis];
  return typeof value === "number" ? value : 1;
}
