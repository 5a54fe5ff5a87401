import { at } from "../../common/at.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { type Classifier, readWaveform, type WebSource } from "../../runtime/web.ts";
import { orderProbabilities } from "./order-probabilities.ts";
import type { ClipReport, ClassifyRequest, Score, Scores } from "./protocol.ts";

/** Up to this many of the model's windows, a sound is classified again in shorter parts, for a timeline that shows more. */
const shortWindows = 2;
const partsPerWindow = 2;
const stepsPerPart = 10;
/** Samples for which log-mel is computed at once. */
const blockSamples = 2 ** 18;
const paintMs = 60;
/** Frames that the page draws, as wide as a large screen. */
const maxFrames = 2400;

/**
 * Everything that the page shows of a clip, each as soon as it is known: its answer, its picture, then its timeline.
 * @throws AudioError for what cannot be decoded
 */
export async function classifyClip(
  classifier: Classifier<WebSource>,
  { audio, name }: ClassifyRequest,
  report: (report: ClipReport) => void,
): Promise<Scores> {
  const { sampleRateHz, windowSeconds } = classifier.info;
  const bytes = new Uint8Array(await audio.arrayBuffer());
  const waveform = await readWaveform({ name, bytes }, { sampleRateHz });
  const begin = performance.now();
  const answer = await classifier.classify(waveform);
  const inferenceMs = performance.now() - begin;
  const { samples } = waveform;
  const clipSeconds = samples.length / sampleRateHz;
  report({ kind: "answer", answer: { answer, clipSeconds, inferenceMs } });
  const isShort = samples.length <= shortWindows * windowSeconds * sampleRateHz;
  const logMel = await computeLogMel(classifier, samples);
  const pooled = poolFrames(logMel, maxFrames);
  // Spread over the whole clip: a window is longer than a hop, so the last frame ends with the sound.
  const framesPerSecond = pooled.frames / clipSeconds;
  report({ kind: "clip", clip: { samples, sampleRateHz, logMel: pooled, framesPerSecond, answer } });
  await letPagePaint();
  return isShort ? scoreParts(classifier, samples) : scoreWindows(classifier, samples);
}

/** A pause in which the page lays out and paints what was reported, before threads take every processor again. */
function letPagePaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, paintMs);
  });
}

async function computeLogMel(classifier: Classifier<WebSource>, samples: Float32Array): Promise<LogMel> {
  const stream = await classifier.openLogMel();
  const blocks: LogMel[] = [];
  for (let start = 0; start < samples.length; start += blockSamples)
    blocks.push(await stream.push(samples.subarray(start, start + blockSamples)));
  const values = joinBlocks(blocks.map((block) => block.values));
  return {
    values,
    frames: blocks.reduce((sum, { frames }) => sum + frames, 0),
    bands: at(blocks, 0).bands,
  };
}

/** Each part alone, as if it were the whole clip: padded as the model pads short clips. */
async function scoreParts(classifier: Classifier<WebSource>, samples: Float32Array): Promise<Score[]> {
  const { sampleRateHz, windowSeconds } = classifier.info;
  const part = Math.round((windowSeconds / partsPerWindow) * sampleRateHz);
  const step = Math.round(part / stepsPerPart);
  const scores: Score[] = [];
  for (let start = 0; start < samples.length; start += step) {
    const first = Math.max(0, Math.min(start + step / 2 - part / 2, samples.length - part));
    const answer = await classifier.classify(samples.subarray(first, first + part), { sampleRateHz });
    scores.push({
      startSeconds: start / sampleRateHz,
      endSeconds: Math.min(start + step, samples.length) / sampleRateHz,
      probabilities: orderProbabilities(answer),
    });
  }
  return scores;
}

async function scoreWindows(classifier: Classifier<WebSource>, samples: Float32Array): Promise<Score[]> {
  const { sampleRateHz, windowSeconds } = classifier.info;
  const scores: Score[] = [];
  for await (const entry of classifier.classifyLong(
    { samples, sampleRateHz },
    { hopSeconds: windowSeconds / 5 },
  ))
    scores.push({ ...entry, probabilities: Float32Array.from(entry.probabilities) });
  return scores;
}

/** Of every few frames the loudest value in each band, so that at most `maxFrames` are left. */
function poolFrames(clip: LogMel, maxFrames: number): LogMel {
  const factor = Math.ceil(clip.frames / maxFrames);
  if (factor <= 1) return clip;
  const { bands } = clip;
  const frames = Math.ceil(clip.frames / factor);
  const values = new Float32Array(frames * bands).fill(-Infinity);
  for (const [index, value] of clip.values.entries()) {
    const target = Math.floor(Math.floor(index / bands) / factor) * bands + (index % bands);
    values[target] = Math.max(values[target] ?? value, value);
  }
  return { values, frames, bands };
}
