import * as tf from "@tensorflow/tfjs";
import { createNetwork } from "../../models/create-network.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { createRegression, type EmbeddingRegression } from "./embedding-regression.ts";
import { createOptimiser } from "./optimisers/create-optimiser.ts";
import type { Optimiser, TrainedWeight } from "./optimisers/optimiser.ts";

/** All that training changes: restored from a checkpoint, it goes on as if it had never stopped. */
export interface TrainingState {
  readonly job: TrainingJob;
  readonly model: tf.LayersModel;
  readonly weights: readonly TrainedWeight[];
  /** Names of `weights`. */
  readonly trained: ReadonlySet<string>;
  /** The model's values, statistics included, by name. */
  readonly stored: ReadonlyMap<string, tf.Variable>;
  readonly optimiser: Optimiser;
  /** What a teaching backbone's embeddings are regressed with; null without one. */
  readonly regression: EmbeddingRegression | null;
  /** A second network that holds the moving average, where the job asks for one. */
  readonly averaged: {
    readonly model: tf.LayersModel;
    readonly stored: ReadonlyMap<string, tf.Variable>;
  } | null;
}

/**
 * The network with its first weights and an optimiser that has not stepped yet.
 * @param embeddingNumbers of a teaching backbone's embedding; 0 without one
 */
export function createTrainingState(job: TrainingJob, embeddingNumbers = 0): TrainingState {
  const model = createNetwork(job.network, job.seed);
  const own = listTrainedWeights(model);
  const regression = embeddingNumbers === 0 ? null : createRegression(model, embeddingNumbers, job.seed);
  const weights = [...own, ...(regression?.weights ?? [])];
  return {
    job,
    model,
    weights,
    trained: new Set(own.map(({ name }) => name)),
    regression,
    stored: listStoredWeights(model),
    optimiser: createOptimiser(weights, job.optimiser),
    averaged: job.weightAverage === null ? null : createAverage(job),
  };
}

function createAverage(job: TrainingJob): TrainingState["averaged"] {
  const model = createNetwork(job.network, job.seed);
  return { model, stored: listStoredWeights(model) };
}

/** The network that is validated, saved and used. */
export function getUsedModel({ averaged, model }: TrainingState): tf.LayersModel {
  return averaged?.model ?? model;
}

/** Frees the tensors of a state. */
export function disposeTrainingState({ model, averaged, optimiser, regression }: TrainingState): void {
  tf.dispose(regression?.weights.map(({ variable }) => variable) ?? []);
  model.dispose();
  averaged?.model.dispose();
  tf.dispose([...optimiser.slots.values()]);
}

/** The weights that training changes by gradient, in the network's order. */
function listTrainedWeights(model: tf.LayersModel): TrainedWeight[] {
  return model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: readVariable(weight),
    decays: weight.originalName.endsWith("kernel"),
  }));
}

/** Every value of a network that goes into a file: name to variable, statistics included. */
export function listStoredWeights(model: tf.LayersModel): Map<string, tf.Variable> {
  return new Map(model.weights.map((weight) => [weight.originalName, readVariable(weight)]));
}

/** What only the next step needs: the optimiser's memory and, beside an average, the weights themselves. */
export function listStateValues(state: TrainingState): Map<string, tf.Variable> {
  const { optimiser, averaged, stored, regression } = state;
  const raw = averaged === null ? [] : [...stored].map(([name, value]) => [`raw/${name}`, value] as const);
  const extra = regression?.weights.map(({ name, variable }) => [name, variable] as const) ?? [];
  return new Map([...optimiser.slots, ...raw, ...extra]);
}

/** All that a checkpoint restores. */
export function listResumedValues(state: TrainingState): Map<string, tf.Variable> {
  return new Map([...listStoredWeights(getUsedModel(state)), ...listStateValues(state)]);
}

function readVariable(weight: tf.LayerVariable): tf.Variable {
  const value = weight.read();
  if (isVariable(value)) return value;
  throw new TypeError(`${weight.originalName}: expected a variable`);
}

const isVariable = (tensor: tf.Tensor): tensor is tf.Variable => tensor instanceof tf.Variable;
