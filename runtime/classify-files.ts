import { UserError } from "../common/user-error.ts";
import type { Pooling } from "../features/pool-logits.ts";
import type { AudioOptions } from "./audio/audio-input.ts";
import { OptionError } from "./errors.ts";
import { throwIfAborted } from "./platform.ts";
import type { Classification } from "./rank-labels.ts";
import type { ThresholdOptions } from "./thresholds.ts";

/**
 * What `classify` takes.
 *
 *     await classifier.classify("dog.ogg", { pooling: "max", thresholds: { "Dog bark": 0.9 } });
 */
export interface ClassifyOptions extends AudioOptions {
  /** How the windows of a clip longer than the model's become one answer: the mean of their logits, or the largest. */
  readonly pooling?: Pooling;
  /**
   * Probabilities from which a class is named, for all classes or by label. Default: the model's own; without any, the
   * most probable class is named. Digital silence is never named.
   */
  readonly thresholds?: ThresholdOptions;
}

/**
 * The answer for one of many: its classification or its error.
 *
 *     for await (const { source, classification, error } of classifyFiles(classifier, ["a.wav", "b.wav"]))
 *       console.log(source, classification?.best?.label ?? error?.message);
 */
export type AudioAnswer<Source> =
  | { readonly source: Source; readonly classification: Classification; readonly error?: never }
  | { readonly source: Source; readonly classification?: never; readonly error: UserError };

interface AudioClassifier<Source> {
  classify(audio: Source, options: ClassifyOptions): Promise<Classification>;
}

/**
 * What `classifyFiles` takes.
 *
 *     classifyFiles(classifier, ["a.wav", "b.wav"], { concurrency: 2, thresholds: 0.8 });
 */
export interface ClassifyFilesOptions extends ClassifyOptions {
  /** Files under way at once. Default 4: some are read while another is scored. */
  readonly concurrency?: number;
}

/**
 * Classifies many files and yields the answers in the order given. A file that is missing or damaged yields its error
 * and the rest goes on; files are taken only as fast as the answers are.
 *
 *     for await (const { source, classification, error } of classifyFiles(classifier, ["a.wav", "b.wav"]))
 *       console.log(source, classification?.best?.label ?? error?.message);
 *
 * @throws the signal's reason when it is aborted, DisposedError, and whatever is no `UserError`
 */
export async function* classifyFiles<Source>(
  classifier: AudioClassifier<Source>,
  sources: Iterable<Source> | AsyncIterable<Source>,
  { concurrency = 4, ...options }: ClassifyFilesOptions = {},
): AsyncGenerator<AudioAnswer<Source>, void, undefined> {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new OptionError(`concurrency: expected a whole number from 1, got ${concurrency}`);
  const waiting: Promise<AudioAnswer<Source>>[] = [];
  for await (const source of sources) {
    throwIfAborted(options.signal);
    const answer = classifyFile(classifier, source, options);
    answer.catch(ignore); // it is reported when its turn comes, which may be after a later tick
    waiting.push(answer);
    const first = waiting.length >= concurrency ? waiting.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const answer of waiting) yield await answer;
}

async function classifyFile<Source>(
  classifier: AudioClassifier<Source>,
  source: Source,
  options: ClassifyOptions,
): Promise<AudioAnswer<Source>> {
  try {
    return { source, classification: await classifier.classify(source, options) };
  } catch (error) {
    if (error instanceof UserError) return { source, error };
    throw error;
  }
}

function ignore(): void {
  // Deliberately empty.
}
