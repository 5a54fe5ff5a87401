import { readFile } from "node:fs/promises";
import type { Clip, Dataset } from "../../datasets/dataset.ts";
import { cutClip } from "../../datasets/extraction/cut-windows.ts";
import { cutRange } from "../../datasets/extraction/extract-clips.ts";
import { measureClip } from "../../datasets/measure-clip.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { UserError } from "../../common/user-error.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { splitClips } from "../../training/data/split-clips.ts";
import type { NamedJob } from "../../training/jobs/protocols.ts";

/**
 * Refuses jobs that the data set cannot train, before the features of its clips are computed, which may take hours.
 * @throws UserError listing folds without clips, classes that no training clip shows, and batches larger than the data
 */
export async function checkJobs(
  jobs: readonly NamedJob[],
  dataset: Dataset,
  maxClipSeconds: number,
): Promise<void> {
  const problems = new Set<string>();
  for (const { job } of jobs) {
    try {
      const { train } = splitClips(dataset, job.folds);
      const clips = dataset.clips.filter((_, index) => train.includes(index));
      await checkBatchSize(job, clips, { ...dataset, maxClipSeconds });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.add(error.message);
    }
  }
  if (problems.size > 0) throw new UserError([...problems].join("\n"));
}

interface WindowLimits {
  readonly trimsLongClips: boolean;
  readonly maxClipSeconds: number;
}

/** A long recording trains as several windows: files are read, and only where there are fewer than the batch has clips. */
async function checkBatchSize(
  { batchSize, features }: TrainingJob,
  clips: readonly Clip[],
  { trimsLongClips, maxClipSeconds }: WindowLimits,
): Promise<void> {
  if (batchSize === null || batchSize <= clips.length) return;
  let windows = 0;
  for (const clip of trimsLongClips ? [] : clips) {
    windows += await countWindows(clip, features, maxClipSeconds);
    if (windows >= batchSize) return;
  }
  const most = Math.max(windows, clips.length);
  throw new UserError(
    `--batch-size, job.batchSize: expected at most ${most}, the training clips, got ${batchSize}`,
  );
}

/** Of a bad file 1: it is reported when its features are computed. */
async function countWindows(
  { path, id, range }: Clip,
  features: TrainingJob["features"],
  maxSeconds: number,
): Promise<number> {
  try {
    const file = await decodeAudio(await readFile(path), id, { maxSeconds });
    return cutClip(measureClip(range === undefined ? file : cutRange(file, range, id)), features).length;
  } catch {
    return 1;
  }
}
