import { at } from "../../common/at.ts";
import { compressRows } from "../../heads/compress-rows.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { type Matrix, multiply, normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import { trainHead } from "../../heads/train-head.ts";
import type { TrainingJob } from "../../run-files/job.ts";

/** Pooled embeddings by a clip's id: what a job learns from beside the labels. */
export type ClipEmbeddings = ReadonlyMap<string, Float64Array>;

/** What a backbone says of one training clip. */
export interface Lesson {
  /** Probability of each class by a head that did not train on the clip's recording, where there are enough. */
  readonly probabilities: Float32Array;
  /**
   * The embedding less the mean of all, scaled so that the mean squared length is 1, in an orthonormal basis of what
   * the training clips span: distances are those of the embeddings, in at most as many numbers as there are clips.
   */
  readonly embedding: Float32Array;
}

interface LabelledClip {
  /** Id of the whole clip. */
  readonly clip: string;
  readonly label: number;
  readonly source: string;
}

/**
 * The lessons of a job's training clips, from nothing but these clips: a linear head on the embeddings (`heads/`) gives
 * soft labels (Hinton et al. 2015), the embeddings themselves are regressed to (Romero et al. 2015, FitNets).
 * @param clips one for each window that trains; windows of one clip share its lesson
 * @throws RangeError for a clip without an embedding
 */
export function createLessons(
  clips: readonly LabelledClip[],
  embeddings: ClipEmbeddings,
  classes: number,
): ReadonlyMap<string, Lesson> {
  const whole = [...new Map(clips.map((clip) => [clip.clip, clip])).values()];
  const rows = stackRows(
    whole.map(({ clip }) => {
      const embedding = embeddings.get(clip);
      if (embedding === undefined) throw new RangeError(`${clip}: expected an embedding, got none`);
      return embedding;
    }),
  );
  const groups = whole.map(({ source }) => source);
  const labels = whole.map(({ label }) => label);
  const { head, unseenLogits } = trainHead({ rows, labels, groups, classes });
  const normalised = normaliseRows(rows);
  const probabilities = toProbabilities(unseenLogits ?? scoreRows(head, normalised));
  const centred = compressRows(centreRows(normalised)).rows;
  const scale = 1 / Math.sqrt(multiply(centred.values, centred.values) / centred.rows);
  return new Map(
    whole.map(({ clip }, row) => [
      clip,
      {
        probabilities: Float32Array.from(viewRow(probabilities, row)),
        embedding: Float32Array.from(viewRow(centred, row), (value) => value * scale),
      },
    ]),
  );
}

/** A label's target mixed with the backbone's soft label, and the embedding behind it: [classes ++ numbers]. */
export function joinLesson(
  target: Float32Array,
  { probabilities, embedding }: Lesson,
  { fraction }: NonNullable<TrainingJob["teacherBackbone"]>,
): Float32Array {
  const weight = target.reduce((sum, value) => sum + value, 0); // of the class, where classes are balanced
  const joined = new Float32Array(target.length + embedding.length);
  for (const [index, value] of target.entries())
    joined[index] = (1 - fraction) * value + fraction * weight * at(probabilities, index);
  joined.set(embedding, target.length);
  return joined;
}

function centreRows(matrix: Matrix): Matrix {
  const mean = new Float64Array(matrix.columns);
  for (const [index, value] of matrix.values.entries())
    mean[index % matrix.columns] = at(mean, index % matrix.columns) + value / matrix.rows;
  return { ...matrix, values: matrix.values.map((value, index) => value - at(mean, index % matrix.columns)) };
}
