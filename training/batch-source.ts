import { createRandom } from "../datasets/random.ts";
import { joinInputs, joinTargets, type Batch } from "./batch.ts";
import type { TrainingJob } from "./job.ts";
import type { Example } from "./read-examples.ts";

/** Batches of an epoch, from 1. The same epoch gives the same batches, whatever ran before. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  readonly examplesPerEpoch: number;
  readonly draw: (epoch: number) => Iterable<Batch>;
}

/** Every example once an epoch, in an order that seed and epoch fix; the last batch may be short. */
export function createBatchSource(examples: readonly Example[], job: TrainingJob): BatchSource {
  const { batchSize, seed, network } = job;
  function* draw(epoch: number): Iterable<Batch> {
    const order = createRandom(seed, `order of epoch ${epoch}`).shuffle([...examples]);
    for (let start = 0; start < order.length; start += batchSize) {
      const group = order.slice(start, start + batchSize);
      yield { ...joinInputs(group), targets: joinTargets(group, network.classes) };
    }
  }
  return {
    stepsPerEpoch: Math.ceil(examples.length / batchSize),
    examplesPerEpoch: examples.length,
    draw,
  };
}
