import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import type { Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { augmentPower } from "./augment/augment-power.ts";
import { type Background, drawNegative, noBackground } from "./augment/draw-negative.ts";
import { maskSpectrum } from "./augment/mask-spectrum.ts";
import { mixClasses, type MixedExample } from "./augment/mix-classes.ts";
import { toNetworkInput } from "./augment/to-network-input.ts";
import { joinLesson } from "./backbone-lessons.ts";
import { type Batch, joinInputs, joinTargets } from "./batch.ts";
import type { AugmentationConfig } from "../../run-files/augmentation-config.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { getTask } from "../task.ts";
import type { TrainingExample } from "./prepare-data.ts";
import type { Example } from "./read-examples.ts";

const defaultBatchSize = 32;

/** Batches of an epoch, from 1. The same epoch gives the same batches, whatever ran before. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  readonly examplesPerEpoch: number;
  readonly draw: (epoch: number) => Iterable<Batch>;
}

/**
 * Every example `viewsPerEpoch` times an epoch, in an order and with changes that seed and epoch fix; the last batch
 * may be short. Where the augmentation asks for negatives, every batch ends with some: background alone, which is not
 * mixed with the clips, and whose target is that of a clip of no class.
 */
export function createBatchSource(
  examples: readonly TrainingExample[],
  job: TrainingJob,
  standardisation: Standardisation,
  background: Background = noBackground,
): BatchSource {
  const { seed, teacherBackbone } = job;
  const batchSize = job.batchSize ?? Math.min(defaultBatchSize, examples.length);
  const encodeTarget = createTargets(examples, job);
  const ofNone = new Float32Array(countTargetNumbers(examples, job));
  ofNone.set(getTask(job).encode([], job.network.classes, job.labelSmoothing)); // and the mean embedding, which is 0
  const targetOf = ({ labels, lesson }: TrainingExample): Float32Array => {
    const target = encodeTarget(labels);
    return teacherBackbone === null || lesson === null ? target : joinLesson(target, lesson, teacherBackbone);
  };
  const { examplesPerEpoch, drawViews } = planViews(examples, job);

  function* draw(epoch: number): Iterable<Batch> {
    const orderRandom = createRandom(seed, `order of epoch ${epoch}`);
    const order = orderRandom.shuffle(drawViews(orderRandom));
    const random = createRandom(seed, `augmentation of epoch ${epoch}`);
    for (let start = 0; start < order.length; start += batchSize) {
      const group = order.slice(start, start + batchSize).map((example) => ({
        example,
        target: targetOf(example),
      }));
      const batch = job.augmentation === null ? group.map(takePlain) : augment(group, random);
      const negatives = batch.length - group.length;
      yield { ...joinInputs(batch.map(({ input }) => input)), targets: joinTargets(batch), negatives };
    }
  }

  const augment = (group: readonly Drawn[], random: Random): InputAndTarget[] => {
    const { augmentation, features } = job;
    if (augmentation === null) throw new Error("no augmentation to apply");
    const clips: MixedExample[] = group.map(({ example, target }) => ({
      clip: augmentPower(example.speeds, augmentation, random, background.beds),
      target,
    }));
    const isMixed = augmentation.mixFraction > 0 && random.next() < augmentation.mixFraction;
    const mixed = isMixed ? mixClasses(clips, random) : clips;
    return [...mixed, ...drawNegatives(mixed, augmentation, random)].map(({ clip, target }) => {
      const input = toNetworkInput(clip, features, standardisation);
      for (let count = 0; count < augmentation.masks.count; count++)
        maskSpectrum(input, augmentation.masks, random);
      return { input, target };
    });
  };

  const drawNegatives = (
    clips: readonly MixedExample[],
    augmentation: AugmentationConfig,
    random: Random,
  ): MixedExample[] => {
    const count = Math.round((augmentation.negatives?.fraction ?? 0) * clips.length);
    return Array.from({ length: count }, () => ({
      clip: drawNegative(background, at(clips, 0).clip, augmentation, random),
      target: ofNone,
    }));
  };

  return {
    stepsPerEpoch: Math.ceil(examplesPerEpoch / batchSize),
    examplesPerEpoch,
    draw,
  };
}

/** Numbers of a target: the classes, and behind them a teaching backbone's embedding. */
export function countTargetNumbers(
  examples: readonly Pick<TrainingExample, "lesson">[],
  { network }: TrainingJob,
): number {
  return network.classes + (examples[0]?.lesson?.embedding.length ?? 0);
}

/** How much more often a clip of a rare class trains than by itself, at most. */
const maxOversampling = 10;

/**
 * The examples of an epoch, before they are shuffled: each `viewsPerEpoch` times, or, where classes are sampled and
 * differ in size, each class equally often, so that an epoch is about as long. Rare examples come in rounds, each of
 * all of them; of a common class other examples are left out each time. An example of several classes is in the group of
 * the rarest, one of none in a group of its own.
 */
function planViews<Own extends Pick<Example, "labels">>(
  examples: readonly Own[],
  { network: { classes }, viewsPerEpoch, classWeights }: TrainingJob,
): { readonly examplesPerEpoch: number; readonly drawViews: (random: Random) => Own[] } {
  const all = Array.from({ length: viewsPerEpoch }, () => examples).flat();
  const counts = countLabels(examples, classes);
  const groupOf = ({ labels }: Own): number =>
    labels.reduce(
      (rarest, label) => (at(counts, label) < (counts[rarest] ?? Infinity) ? label : rarest),
      classes,
    );
  const groups = Array.from({ length: classes + 1 }, (_, group) =>
    examples.filter((one) => groupOf(one) === group),
  );
  const filled = groups.filter(({ length }) => length > 0);
  const isEven = filled.every(({ length }) => length === filled[0]?.length);
  if (classWeights !== "sampled" || isEven)
    return { examplesPerEpoch: all.length, drawViews: () => [...all] };
  const wanted = Math.round(all.length / filled.length);
  const counted = filled.map((group) => ({
    group,
    count: Math.min(wanted, maxOversampling * viewsPerEpoch * group.length),
  }));
  return {
    examplesPerEpoch: counted.reduce((sum, { count }) => sum + count, 0),
    drawViews: (random) =>
      counted.flatMap(({ group, count }) => {
        const rounds = Array.from({ length: Math.ceil(count / group.length) }, () =>
          random.shuffle([...group]),
        );
        return rounds.flat().slice(0, count);
      }),
  };
}

interface Drawn {
  readonly example: TrainingExample;
  readonly target: Float32Array;
}

interface InputAndTarget {
  readonly input: LogMel;
  readonly target: Float32Array;
}

const takePlain = ({ example, target }: Drawn): InputAndTarget => ({ input: example.input, target });

/**
 * Targets of examples, by their classes: `Task.encode`. With balanced class weights each is scaled by examples /
 * (classes x examples of the class), so that rare classes count as much in the sum as common ones.
 */
export function createTargets(
  examples: readonly Pick<Example, "labels">[],
  job: TrainingJob,
): (labels: readonly number[]) => Float32Array {
  const { network, labelSmoothing, classWeights } = job;
  const { classes } = network;
  const { encode } = getTask(job);
  const counts = countLabels(examples, classes);
  return (labels) => {
    const weight = classWeights === "balanced" ? examples.length / (classes * at(counts, at(labels, 0))) : 1;
    return Float32Array.from(encode(labels, classes, labelSmoothing), (value) => weight * value);
  };
}

/** How many examples have each class. */
function countLabels(examples: readonly Pick<Example, "labels">[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of examples.flatMap(({ labels }) => labels)) counts[label] = at(counts, label) + 1;
  return counts;
}
