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
 * mixed with the clips, and whose target is 1 / classes for each class.
 */
export function createBatchSource(
  examples: readonly TrainingExample[],
  job: TrainingJob,
  standardisation: Standardisation,
  background: Background = noBackground,
): BatchSource {
  const { seed, teacherBackbone } = job;
  const batchSize = job.batchSize ?? Math.min(defaultBatchSize, examples.length);
  const targets = createTargets(examples, job);
  const uniform = new Float32Array(countTargetNumbers(examples, job));
  uniform.fill(1 / job.network.classes, 0, job.network.classes); // and the mean embedding, which is 0
  const targetOf = ({ label, lesson }: TrainingExample): Float32Array => {
    const target = at(targets, label);
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
      target: uniform,
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
 * all of them; of a common class other examples are left out each time.
 */
function planViews<Own extends Pick<Example, "label">>(
  examples: readonly Own[],
  { network: { classes }, viewsPerEpoch, classWeights }: TrainingJob,
): { readonly examplesPerEpoch: number; readonly drawViews: (random: Random) => Own[] } {
  const all = Array.from({ length: viewsPerEpoch }, () => examples).flat();
  const groups = Array.from({ length: classes }, (_, label) => examples.filter((one) => one.label === label));
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
 * Target of each class: (1 - smoothing) at the class plus smoothing / classes everywhere (Szegedy et al. 2016). With
 * balanced class weights each is scaled by examples / (classes x examples of the class), so that rare classes count as
 * much in the sum as common ones.
 */
export function createTargets(
  examples: readonly Pick<Example, "label">[],
  { network: { classes }, labelSmoothing, classWeights }: TrainingJob,
): Float32Array[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) counts[label] = at(counts, label) + 1;
  return counts.map((count, label) => {
    const weight = classWeights === "balanced" && count > 0 ? examples.length / (classes * count) : 1;
    return Float32Array.from(
      { length: classes },
      (_, index) => weight * (labelSmoothing / classes + (index === label ? 1 - labelSmoothing : 0)),
    );
  });
}
