import { at } from "../../common/at.ts";
import { boundFraction } from "../../common/bound-fraction.ts";
import { exportTaughtModel } from "../../export/export-taught-model.ts";
import {
  metadataKey,
  modelMetadataSchema,
  type ModelThresholds,
  type ParityResult,
} from "../../features/model-metadata.ts";
import { scoreLeftOut } from "../../heads/leave-one-out.ts";
import { type LinearHead, scoreRows } from "../../heads/linear-head.ts";
import { type Matrix, normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import { chooseThresholds } from "../../heads/thresholds.ts";
import { trainHead } from "../../heads/train-head.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { addHistograms, compareAnswers, sameAnswer } from "../../runtime/parity/compare-answers.ts";
import type { Classifier, WebSource } from "../../runtime/web.ts";
import { PageError } from "./messages.ts";
import type { LeftOutScore, TaughtModel, TrainRequest } from "./teach-protocol.ts";

const maxWorst = 3;
/** Of more clips, those that the head's own cross-validation answered say as much, and are there already. */
const maxLeftOutClips = 1000;

/** Opens a model that took no parity test: the one that is about to take it. */
type OpenUnproven = (bytes: Uint8Array) => Promise<Classifier<WebSource>>;

/**
 * Trains a last layer on the clips' embeddings, puts it into a copy of the model, and tests the copy on whole sounds.
 * @throws PageError `failed-parity` when the copy does not answer as the layer does; RangeError for a class without clips
 */
export async function teachHead(
  base: Uint8Array,
  request: TrainRequest,
  openUnproven: OpenUnproven,
): Promise<TaughtModel> {
  const begin = performance.now();
  const { labels, embeddings, classes, groups } = request;
  const clips = { rows: stackRows(embeddings), labels: classes, classes: labels.length, groups };
  const trained = trainHead(clips);
  const leftOut = classes.length > maxLeftOutClips ? trained.unseenLogits : scoreLeftOut(clips, trained);
  const probabilities = leftOut && toProbabilities(leftOut);
  const score = probabilities && measureScore(probabilities, request);
  const thresholds = probabilities && findThresholds(probabilities, classes);
  const trainMs = performance.now() - begin;
  const metrics = score === undefined ? {} : { leftOutAccuracy: score.hits / score.clips };
  const options = { labels, program: "earshot, taught in the page", metrics, thresholds };
  const bytes = exportTaughtModel(base, trained.head, options);
  const verdict = await prove(bytes, trained.head, request, openUnproven);
  const model = new Blob([addVerdict(bytes, verdict)]);
  return { model, trainMs, score, parity: verdict.maxAbsoluteDifference };
}

/** As `earshot calibrate` chooses them without background, on clips whose recording the head did not train on. */
function findThresholds(probabilities: Matrix, classes: readonly number[]): ModelThresholds {
  const rows = {
    probabilities,
    labels: classes.map((own) => [own]),
    weights: classes.map(() => 1 / classes.length),
  };
  const found = chooseThresholds(rows).classes.map(({ threshold }) => threshold);
  return { goal: "best F1", rejection: Math.min(...found), classes: found };
}

/** How many clips are named correctly by heads that do not know their recording, and which are furthest from it. */
function measureScore(probabilities: Matrix, { labels, classes }: TrainRequest): LeftOutScore | undefined {
  const answers = classes.map((own, place) => {
    const row = viewRow(probabilities, place);
    const top = row.indexOf(Math.max(...row));
    return {
      place,
      isHit: top === own,
      own: at(row, own),
      label: at(labels, top),
      probability: at(row, top),
    };
  });
  const hits = answers.filter(({ isHit }) => isHit).length;
  const interval = boundFraction(hits, answers.length);
  if (interval === null) return undefined;
  const worst = answers
    .filter(({ isHit }) => !isHit)
    .sort((one, other) => one.own - other.own)
    .slice(0, maxWorst);
  return { hits, clips: answers.length, ...interval, worst };
}

/** The file as a whole, from sound to logits, against the head on the embeddings that it was trained with. */
async function prove(
  bytes: Uint8Array,
  head: LinearHead,
  { embeddings, proofs }: TrainRequest,
  openUnproven: OpenUnproven,
): Promise<ParityResult> {
  await using taught = await openUnproven(bytes);
  const details = [];
  for (const { place, wav } of proofs) {
    const row = normaliseRows(stackRows([at(embeddings, place)]));
    const expected = Float32Array.from(scoreRows(head, row).values);
    const answer = await taught.classify(new Uint8Array(await wav.arrayBuffer()));
    const actual = new Float32Array(expected.length);
    for (const { index, logit } of answer) actual[index] = logit;
    details.push(compareAnswers({ name: `clip ${place}`, shape: [1] }, expected, actual));
  }
  const maxAbsoluteDifference = Math.max(...details.map((detail) => detail.maxAbsoluteDifference));
  const agreeing = details.filter(({ topClassAgrees }) => topClassAgrees).length;
  const passed = maxAbsoluteDifference <= sameAnswer && agreeing === details.length;
  if (!passed)
    throw new PageError(
      "failed-parity",
      `model: expected logits within ${sameAnswer} of the trained layer's, got ${maxAbsoluteDifference.toPrecision(3)}`,
    );
  return {
    target: "wasm",
    inputs: details.length,
    maxAbsoluteDifference,
    maxRelativeDifference: Math.max(...details.map((detail) => detail.maxRelativeDifference)),
    topClassAgreement: agreeing / details.length,
    tolerance: sameAnswer,
    passed,
    ulpHistogram: addHistograms(details.map(({ ulpHistogram }) => ulpHistogram)),
  };
}

function addVerdict(bytes: Uint8Array, verdict: ParityResult): Uint8Array<ArrayBuffer> {
  const entries = readMetadata(bytes);
  const metadata = modelMetadataSchema.parse(JSON.parse(entries.get(metadataKey) ?? "null"));
  const proven = { ...metadata, parity: [verdict], graphHash: hashGraph(bytes) };
  return new Uint8Array(writeMetadata(bytes, entries.set(metadataKey, JSON.stringify(proven))));
}
