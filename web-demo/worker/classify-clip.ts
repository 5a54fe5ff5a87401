import { createPause } from "../../common/stop-signal.ts";
import { isSilent } from "../../features/audio/check-samples.ts";
import type { Classifier, WebSource } from "../../runtime/web.ts";
import { makeWavBlob } from "../microphone/recording.ts";
import { decodeSound } from "./decode-sound.ts";
import { FramePooler } from "./frame-pooler.ts";
import { orderProbabilities, type Score } from "./score.ts";
import type { ClassifyRequest, ClipReport } from "./protocol.ts";

/**
 * Up to this many of the model's windows, a sound has one answer, and a timeline of parts that are shorter than a
 * window.
 */
const shortWindows = 2;
const partsPerWindow = 2;
const stepsPerPart = 10;
/** Windows of a longer sound follow each other by this part of their length. */
const hopsPerWindow = 5;
/** Samples that are drawn and scored at once: 1.5 s at 44.1 kHz, so that a long sound fills the page as it is computed. */
const blockSamples = 2 ** 16;
const paintMs = 60;
/** Frames that the page draws, as wide as a large screen. */
const maxFrames = 2400;

type Report = (report: ClipReport) => void;

/**
 * Everything that the page shows of a sound, each as soon as it is known: its samples, the answer for a short one, its
 * picture and its timeline from start to end.
 * @throws AudioError for what cannot be decoded, PageError, the signal's reason
 */
export async function classifyClip(
  classifier: Classifier<WebSource>,
  { source, name }: ClassifyRequest,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { sampleRateHz, windowSeconds } = classifier.info;
  const { samples } = await decodeSound(source, { name, sampleRateHz, signal });
  const isShort = samples.length <= shortWindows * windowSeconds * sampleRateHz;
  const isQuiet = isSilent(samples);
  if (isShort && !isQuiet) await answerWhole(classifier, samples, report);
  const wav = makeWavBlob({ blocks: encodeBlocks(samples), sampleRateHz });
  report({ kind: "sound", sound: { wav, sampleRateHz, isShort, isSilent: isQuiet } });
  const scores = isShort ? scoreParts(classifier, samples) : scoreWindows(classifier, samples, signal);
  if (isShort) {
    await drawAll(classifier, samples, report);
    await letPagePaint();
    for await (const score of scores) report({ kind: "scores", scores: [score] });
    return;
  }
  await drawAndScore(classifier, samples, { scores, report, signal });
}

async function answerWhole(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
  report: Report,
): Promise<void> {
  const { sampleRateHz } = classifier.info;
  const begin = performance.now();
  const answer = await classifier.classify({ samples, sampleRateHz });
  const inferenceMs = performance.now() - begin;
  report({ kind: "answer", answer: { answer, clipSeconds: samples.length / sampleRateHz, inferenceMs } });
}

/** 16 bits a sample are half the memory, and what the player takes. */
function encodeBlocks(samples: Float32Array): Int16Array<ArrayBuffer>[] {
  const size = 2 ** 20;
  const blocks: Int16Array<ArrayBuffer>[] = [];
  for (let start = 0; start < samples.length; start += size)
    blocks.push(toInt16(samples.subarray(start, start + size)));
  return blocks;
}

function toInt16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const values = new Int16Array(samples.length);
  for (const [index, sample] of samples.entries())
    values[index] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
  return values;
}

/** A pause in which the page lays out and paints what was reported, before threads take every processor again. */
function letPagePaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, paintMs);
  });
}

async function drawAll(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
  report: Report,
): Promise<void> {
  const draw = await openPicture(classifier, samples, report);
  for (let start = 0; start < samples.length; start += blockSamples)
    await draw(samples.subarray(start, start + blockSamples));
}

/** Both go through the sound together, so that the picture never runs ahead of the timeline. */
async function drawAndScore(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
  { scores, report, signal }: { scores: AsyncGenerator<Score>; report: Report; signal: AbortSignal },
): Promise<void> {
  const { sampleRateHz } = classifier.info;
  const draw = await openPicture(classifier, samples, report);
  const pause = createPause(signal);
  let scoredSeconds = 0;
  for (let start = 0; start < samples.length; start += blockSamples) {
    const block = samples.subarray(start, start + blockSamples);
    await draw(block);
    const endSeconds = (start + block.length) / sampleRateHz;
    const found: Score[] = [];
    while (scoredSeconds < endSeconds) {
      const next = await scores.next();
      if (next.done === true) break;
      found.push(next.value);
      scoredSeconds = next.value.endSeconds;
      await pause();
    }
    report({ kind: "scores", scores: found });
  }
}

/** @returns takes the next samples and reports their frames, of longer sounds the loudest of several each */
async function openPicture(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
  report: Report,
): Promise<(block: Float32Array) => Promise<void>> {
  const { features, sampleRateHz } = classifier.info;
  const stream = await classifier.openLogMel();
  const frames = Math.max(1, Math.floor((samples.length - features.fftSamples) / features.hopSamples) + 1);
  const pooler = new FramePooler(Math.ceil(frames / maxFrames), frames);
  // Spread over the whole sound: a window is longer than a hop, so the last frame ends with the sound.
  const framesPerSecond = (pooler.frames * sampleRateHz) / samples.length;
  report({
    kind: "picture",
    picture: { frames: pooler.frames, bands: features.melBands, framesPerSecond },
  });
  return async (block) => {
    const pooled = pooler.push(await stream.push(block));
    if (pooled.frames > 0) report({ kind: "frames", frames: pooled });
  };
}

/** Each part alone, as if it were the whole clip: padded as the model pads short clips. */
async function* scoreParts(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
): AsyncGenerator<Score, void, undefined> {
  const { sampleRateHz, windowSeconds, labels } = classifier.info;
  const part = Math.round((windowSeconds / partsPerWindow) * sampleRateHz);
  const step = Math.round(part / stepsPerPart);
  for (let start = 0; start < samples.length; start += step) {
    const first = Math.max(0, Math.min(start + step / 2 - part / 2, samples.length - part));
    const own = samples.subarray(first, first + part);
    yield {
      startSeconds: start / sampleRateHz,
      endSeconds: Math.min(start + step, samples.length) / sampleRateHz,
      probabilities: isSilent(own)
        ? new Float32Array(labels.length)
        : orderProbabilities(await classifier.classify({ samples: own, sampleRateHz })),
    };
  }
}

async function* scoreWindows(
  classifier: Classifier<WebSource>,
  samples: Float32Array,
  signal: AbortSignal,
): AsyncGenerator<Score, void, undefined> {
  const { sampleRateHz, windowSeconds } = classifier.info;
  const options = { hopSeconds: windowSeconds / hopsPerWindow, signal };
  for await (const { startSeconds, endSeconds, probabilities } of classifier.classifyLong(
    { samples, sampleRateHz },
    options,
  ))
    yield { startSeconds, endSeconds, probabilities: Float32Array.from(probabilities) };
}
