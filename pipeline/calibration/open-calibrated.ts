import { calibrationSchema } from "../../run-files/calibration.ts";
import { readIfWhole } from "../../run-files/json-file.ts";
import { readCheckpoint, type TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import { applyTemperature } from "../../training/scoring/apply-temperature.ts";
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
