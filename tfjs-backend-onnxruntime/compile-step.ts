import * as tf from "@tensorflow/tfjs";
import { OnnxRuntimeBackend } from "./backend.ts";
import { type CapturedStep, captureStep } from "./captured-step.ts";

/**
 * A function of tensors that may also read and assign variables: a training step, a prediction.
 *
 *     const double: Step<[tf.Tensor]> = compileStep((x) => [x.mul(2)]);
 */
export type Step<Inputs extends tf.Tensor[] = tf.Tensor[]> = (...inputs: Inputs) => tf.Tensor[];

/**
 * The same function, for programs that call it often: once it has been recorded twice alike for inputs of one shape, it
 * is not run again but its graph is, on the new inputs and on what its variables hold by then. On any other backend
 * it is the function itself, so that a program needs no case for ours.
 *
 * What the function computes in JavaScript is frozen with it: hand over as a tensor, or keep in a variable, whatever
 * changes. A step whose calls differ in their graph, their numbers or their data (dropout masks drawn in
 * JavaScript, say) is never replayed but recorded at each call, which costs milliseconds and not correctness.
 *
 *     const trainStep = compileStep((x: tf.Tensor, y: tf.Tensor) => [optimiser.minimize(() => loss(x, y), true)!]);
 *     for (const [x, y] of batches) console.log(await trainStep(x, y)[0]?.data());
 */
export function compileStep<Inputs extends tf.Tensor[]>(step: Step<Inputs>): Step<Inputs> {
  const known = new Map<string, Known>();
  return (...inputs) => {
    const backend = tf.backend();
    if (!(backend instanceof OnnxRuntimeBackend)) return tf.tidy(() => step(...inputs));
    const key = inputs.map(({ dtype, shape }) => `${dtype} ${shape.join()}`).join(";");
    const { last, isConfirmed, recordings } = known.get(key) ?? { isConfirmed: false, recordings: 0 };
    if (!isConfirmed && recordings >= maxRecordings) return tf.tidy(() => step(...inputs));
    const outputs = isConfirmed ? last?.replay(backend, inputs) : undefined;
    if (outputs !== undefined) return outputs;
    const recorded = captureStep(backend, () => step(...inputs), inputs);
    const isAlike = recorded.step !== undefined && last?.equals(recorded.step) === true;
    known.set(key, {
      isConfirmed: isAlike,
      recordings: recordings + 1,
      ...(recorded.step !== undefined && { last: recorded.step }),
    });
    return recorded.outputs;
  };
}

interface Known {
  /** What the last recorded call noted. */
  readonly last?: CapturedStep;
  /** Recorded twice alike: from now on the graph stands for the function. */
  readonly isConfirmed: boolean;
  readonly recordings: number;
}

/** The first calls may differ (an optimiser makes its variables); a step that still does after these always will. */
const maxRecordings = 4;
