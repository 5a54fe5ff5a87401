import * as tf from "@tensorflow/tfjs";
import { calibrationSchema } from "../../run-files/calibration.ts";
import { readIfWhole } from "../../run-files/json-file.ts";
import { readCheckpoint, type TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import type { Run } from "../runs/run-folder.ts";

/**
 * A run's network as it is exported: with the temperature of its `calibration.json` inside, where there is one. An
 * engine must be loaded.
 */
export async function openCalibrated(run: Run): Promise<TrainedModel> {
  const trained = await readCheckpoint(run.folder);
  const calibration = await readIfWhole(run.files.calibration, calibrationSchema);
  if (calibration !== undefined) applyTemperature(trained.model, calibration.temperature);
  return trained;
}

/**
 * Divides a network's logits by a temperature (Guo et al. 2017) from now on: the weights and the bias of its last
 * layer, a linear one, are divided by it in place. So every use of the network, the exported file among them, gives
 * logits whose softmax is calibrated.
 */
export function applyTemperature(model: tf.LayersModel, temperature: number): void {
  const [layer] = model.outputLayers;
  if (layer === undefined) throw new Error(`${model.name}: expected a last layer`);
  tf.tidy(() => {
    for (const weight of layer.weights) weight.write(weight.read().div(temperature));
  });
}
