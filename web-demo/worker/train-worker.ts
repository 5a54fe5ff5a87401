/** Trains last layers on embeddings. A worker of its own: one whose clips have changed meanwhile is ended, in mid-work. */
import { at } from "../../common/at.ts";
import { boundFraction } from "../../common/bound-fraction.ts";
import type { ModelThresholds } from "../../features/model-metadata.ts";
import { scoreLeftOut } from "../../heads/leave-one-out.ts";
import { type Matrix, viewRow } from "../../heads/matrix.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import { chooseThresholds } from "../../heads/thresholds.ts";
import { trainHead } from "../../heads/train-head.ts";
import { serveRequests } from "./messages.ts";
import type { LeftOutScore, TrainedLayer, TrainExchanges, TrainRequest } from "./teach-protocol.ts";

const maxWorst = 3;
/** Of more clips, those that the head's own cross-validation answered say as much, and are there already. */
const maxLeftOutClips = 1000;

serveRequests<TrainExchanges>({
  train: (request) =>
    new Promise((resolve) => {
      resolve(trainLayer(request)); // what it throws is the promise's
    }),
});

/** @throws RangeError for a class without clips */
function trainLayer(request: TrainRequest): TrainedLayer {
  const begin = performance.now();
  const { labels, embeddings, classes, groups } = request;
  const rows = {
    rows: classes.length,
    columns: embeddings.length / classes.length,
    values: Float64Array.from(embeddings),
  };
  const clips = { rows, labels: classes, classes: labels.length, groups };
  const trained = trainHead(clips);
  const leftOut = classes.length > maxLeftOutClips ? trained.unseenLogits : scoreLeftOut(clips, trained);
  const probabilities = leftOut && toProbabilities(leftOut);
  return {
    head: trained.head,
    score: probabilities && measureScore(probabilities, request),
    thresholds: probabilities && findThresholds(probabilities, classes),
    trainMs: performance.now() - begin,
  };
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
