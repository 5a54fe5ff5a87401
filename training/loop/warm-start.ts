import * as tf from "@tensorflow/tfjs";
import { UserError } from "../../common/user-error.ts";
import { readCheckpoint } from "../checkpoints/checkpoint.ts";
import { listStoredWeights, type TrainingState } from "./training-state.ts";

/**
 * Takes every weight of the same name and shape from a trained job's network, statistics included: a Transformer takes
 * a CNN's trunk. @returns how many were taken @throws UserError when there is no such job, or nothing fits
 */
export async function warmStart({ stored, averaged }: TrainingState, folder: string): Promise<number> {
  const { model } = await readCheckpoint(folder);
  try {
    const sources = listStoredWeights(model);
    let taken = 0;
    for (const [name, weight] of stored) {
      const source = sources.get(name);
      if (source?.shape.join() !== weight.shape.join()) continue;
      assignCopy(weight, source);
      const mean = averaged?.stored.get(name);
      if (mean !== undefined) assignCopy(mean, source);
      taken++;
    }
    if (taken === 0)
      throw new UserError(
        `${folder}: expected weights that fit this network, got none of the same name and shape`,
      );
    return taken;
  } finally {
    model.dispose();
  }
}

/** Values of its own: a compiled step must know which variable is which. */
function assignCopy(target: tf.Variable, source: tf.Variable): void {
  tf.tidy(() => {
    target.assign(source.mul(1));
  });
}
