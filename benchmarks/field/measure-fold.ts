/** What one model answers for the soundscapes of one test fold. */
import { at } from "../../common/at.ts";
import type { AudioInMemory, Classifier, NodeSource, TimelineEntry } from "../../runtime/node.ts";
import {
  collarsSeconds,
  type Condition,
  type FieldRun,
  type FoldMeasures,
  snrsDb,
} from "../../run-files/field-file.ts";
import {
  addCounts,
  countEventHits,
  countSegmentHits,
  measureStartErrors,
  type TimedEvent,
} from "./score-events.ts";
import {
  drawScene,
  mixScene,
  type PlaceableSound,
  soundscapeSeconds,
  type TruthEvent,
} from "./soundscape.ts";

const segmentSeconds = 1;

export interface FieldClip {
  readonly label: string;
  readonly audio: AudioInMemory;
  /** Undefined for a clip in which nothing sounds. */
  readonly sound: PlaceableSound | undefined;
}

interface FoldWork {
  readonly fold: number;
  readonly model: string;
  readonly clips: readonly FieldClip[];
  readonly sampleRateHz: number;
  readonly settings: FieldRun["settings"];
}

export async function measureFold(
  classifier: Classifier<NodeSource>,
  { fold, model, clips, sampleRateHz, settings }: FoldWork,
): Promise<FoldMeasures> {
  const labels = new Set(clips.map(({ label }) => label));
  let hits = 0;
  for (const { label, audio } of clips) {
    const ranked = await classifier.classify(audio);
    hits += ranked.find((score) => labels.has(score.label))?.label === label ? 1 : 0;
  }
  const answer = (samples: Float32Array) => answerScene(classifier, samples, sampleRateHz, labels);
  let bedEvents = 0;
  for (let minute = 0; minute < settings.beds; minute++) {
    const name = `fold ${fold} bed alone`;
    const { bed } = drawScene([], { seed: settings.seed + minute, name, sampleRateHz });
    bedEvents += (await answer(bed)).found.length;
  }
  const sounds = clips.flatMap(({ sound }) => sound ?? []);
  const conditions = snrsDb.map((snrDb) => ({ snrDb, scenes: new Array<AnsweredScene>() }));
  for (let index = 0; index < settings.scenes; index++) {
    const name = `fold ${fold}`;
    const scene = drawScene(sounds, { seed: settings.seed + index, name, sampleRateHz });
    for (const { snrDb, scenes } of conditions) {
      const { samples, truth } = mixScene(scene, snrDb);
      scenes.push({ truth, ...(await answer(samples)) });
    }
  }
  return {
    fold,
    model,
    clips: { clips: clips.length, hits },
    beds: { minutes: settings.beds, events: bedEvents },
    conditions: conditions.map(({ snrDb, scenes }) => scoreCondition(snrDb, scenes)),
  };
}

interface Answer {
  readonly found: readonly TimedEvent[];
  /** The most probable of the data set's classes over a time. */
  readonly findClass: (span: Pick<TimedEvent, "startSeconds" | "endSeconds">) => string | undefined;
}

interface AnsweredScene extends Answer {
  readonly truth: readonly TruthEvent[];
}

async function answerScene(
  classifier: Classifier<NodeSource>,
  samples: Float32Array,
  sampleRateHz: number,
  labels: ReadonlySet<string>,
): Promise<Answer> {
  const sound = { samples, sampleRateHz };
  const found: TimedEvent[] = [];
  for await (const event of classifier.findEvents(sound)) if (labels.has(event.label)) found.push(event);
  const entries: TimelineEntry[] = [];
  for await (const entry of classifier.classifyLong(sound)) entries.push(entry);
  return { found, findClass: (span) => findTopLabel(entries, span, classifier.info.labels, labels) };
}

function findTopLabel(
  entries: readonly TimelineEntry[],
  { startSeconds, endSeconds }: Pick<TimedEvent, "startSeconds" | "endSeconds">,
  names: readonly string[],
  labels: ReadonlySet<string>,
): string | undefined {
  const sums = names.map((label, index) => {
    let sum = 0;
    for (const entry of entries) {
      const common = Math.min(entry.endSeconds, endSeconds) - Math.max(entry.startSeconds, startSeconds);
      if (common > 0) sum += common * at(entry.probabilities, index);
    }
    return { label, sum };
  });
  const [best] = sums
    .filter(({ label, sum }) => labels.has(label) && sum > 0)
    .sort((one, other) => other.sum - one.sum);
  return best?.label;
}

function scoreCondition(snrDb: number, scenes: readonly AnsweredScene[]): Condition {
  const alone = scenes.flatMap((scene) =>
    scene.truth.filter(({ overlaps }) => !overlaps).map((event) => event.label === scene.findClass(event)),
  );
  const joined = scenes.flatMap(({ truth, found }) => {
    const errors = measureStartErrors(truth, found);
    return truth.map((event, index) => ({ event, error: errors[index] }));
  });
  const overlapping = joined.filter(({ event }) => event.overlaps);
  const startErrors: Record<string, (number | null)[]> = {};
  for (const { event, error } of joined) (startErrors[event.label] ??= []).push(error ?? null);
  return {
    snrDb,
    events: collarsSeconds.map((collar) =>
      addCounts(scenes.map(({ truth, found }) => countEventHits(truth, found, collar))),
    ),
    segments: addCounts(
      scenes.map(({ truth, found }) =>
        countSegmentHits(truth, found, { segmentSeconds, soundSeconds: soundscapeSeconds }),
      ),
    ),
    classes: { events: alone.length, hits: alone.filter(Boolean).length },
    overlaps: {
      events: overlapping.length,
      found: overlapping.filter(({ error }) => error !== undefined).length,
    },
    falseAlarms: scenes.reduce((sum, { truth, found }) => sum + countFalseAlarms(truth, found), 0),
    startErrors,
  };
}

function countFalseAlarms(truth: readonly TimedEvent[], found: readonly TimedEvent[]): number {
  return found.filter((event) =>
    truth.every(
      ({ startSeconds, endSeconds }) => startSeconds >= event.endSeconds || endSeconds <= event.startSeconds,
    ),
  ).length;
}
