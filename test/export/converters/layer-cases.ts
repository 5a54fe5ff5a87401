import type * as tf from "@tensorflow/tfjs";
import { describe, it } from "vitest";
import { expectParity, type ParityOptions } from "../parity-harness.ts";

/** One row a case: the layer, the data's shape, and what else the comparison needs. */
export type Row = [title: string, make: () => tf.layers.Layer, options: ParityOptions];

export const sequence = { inputShape: [2, 9, 3] };
export const image = { inputShape: [2, 7, 8, 3] };
export const volume = { inputShape: [1, 5, 6, 4, 2] };
export const row = { inputShape: [3, 5] };
export const openSequence = { ...sequence, modelShape: [null, 3] };
export const openImage = { ...image, modelShape: [null, null, 3] };

/** Exports each layer, and compares its answer with TF.js's. */
export function describeRows(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows)("%s", async (_, make, options) => {
      await expectParity(make(), options);
    });
  });
}
