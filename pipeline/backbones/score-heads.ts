import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { dealFolds } from "../../heads/deal-folds.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, takeRows } from "../../heads/matrix.ts";
import { type HeadOptions, trainHead, type TrainingClips } from "../../heads/train-head.ts";
import type { ProtocolName } from "../../training/jobs/protocols.ts";
import type { EmbeddedClips } from "./embed-clips.ts";

/** Answers for clips by heads that did not train on them. */
export interface HeadScore {
  readonly name: string;
  /** Fold of each clip of the data set, from 1. */
  readonly folds: readonly number[];
  /** Places of the clips that were asked. */
  readonly tested: readonly number[];
  /** Row-major [tested, classes]. */
  readonly logits: Float32Array;
}

/** How heads are scored; `dealt`: by folds dealt anew, so often. */
export type HeadProtocol =
  | { readonly name: "cv5" | "final" }
  | { readonly name: "holdout"; readonly testFold: number }
  | { readonly name: "dealt"; readonly repeats: number };

type LabelledClips = Pick<EmbeddedClips, "labels" | "clips">;

/** With fewer clips, one cross-validation says little: it is repeated with other folds. */
const smallSetClips = 100;
const smallSetRepeats = 10;
const dealtFolds = 5;
const maxDeals = 20;

/**
 * The protocol that was asked for; else each of the data's folds in turn, or, where these are of few clips or leave a
 * class out, folds dealt anew by recording.
 * @throws UserError for a protocol that heads do not know, a fold without clips, a class that is only in a tested fold
 */
export function chooseHeadProtocol(
  { labels, clips }: LabelledClips,
  {
    protocol,
    testFold,
  }: { readonly protocol?: ProtocolName | undefined; readonly testFold?: number | undefined },
): HeadProtocol {
  const folds = listFolds(clips);
  const isSmall = clips.length < smallSetClips;
  if (protocol === undefined && testFold === undefined) {
    const isWhole =
      folds.length > 1 && folds.every((fold) => listUntrained({ labels, clips }, fold).length === 0);
    return isSmall || !isWhole ? { name: "dealt", repeats: isSmall ? smallSetRepeats : 1 } : { name: "cv5" };
  }
  if (protocol === "final") return { name: "final" };
  if (protocol === "report")
    throw new UserError(
      "--protocol: expected cv5, holdout or final with --backbone, got report: it is the course's, of networks that train",
    );
  if (folds.length < 2)
    throw new UserError(
      `--protocol ${protocol ?? "holdout"}: expected at least 2 folds, got ${folds.length}`,
    );
  const tested = protocol === "cv5" ? folds : [testFold ?? at(folds, 0)];
  for (const fold of tested) {
    if (!folds.includes(fold))
      throw new UserError(`--test-fold: expected a fold with clips (${folds.join(", ")}), got ${fold}`);
    const untrained = listUntrained({ labels, clips }, fold);
    if (untrained.length > 0)
      throw new UserError(
        `fold ${fold}: expected clips of every class in the other folds, to train on, got none of ` +
          `${shorten(untrained)}; without --protocol, folds are dealt anew`,
      );
  }
  return protocol === "cv5" ? { name: "cv5" } : { name: "holdout", testFold: at(tested, 0) };
}

/** Scores clips by heads that did not train on them nor, where folds are dealt anew, on their recordings. */
export function scoreHeads(
  embedded: EmbeddedClips,
  protocol: HeadProtocol,
  { background, ...options }: Required<HeadOptions> & Pick<TrainingClips, "background">,
): HeadScore[] {
  const clips = { ...toTrainingClips(embedded), ...(background && { background }) };
  const own = embedded.clips.map(({ fold }) => fold);
  switch (protocol.name) {
    case "final":
      return [];
    case "holdout":
      return [scoreFolds(clips, { name: "holdout", folds: own, tested: [protocol.testFold], options })];
    case "cv5":
      return [
        scoreFolds(clips, { name: "rotation", folds: own, tested: listFolds(embedded.clips), options }),
      ];
    case "dealt":
      return Array.from({ length: protocol.repeats }, (_, repeat) => {
        const folds = dealOuterFolds(embedded, clips, repeat);
        return scoreFolds(clips, {
          name: `repeat-${repeat + 1}`,
          folds,
          tested: [...new Set(folds)],
          options,
        });
      });
  }
}

/** Where recordings hold several classes, a deal can leave a class with nothing to train on: another one may not. */
function dealOuterFolds({ labels, clips }: LabelledClips, training: TrainingClips, repeat: number): number[] {
  const random = createRandom(repeat, "outer folds");
  for (let trial = 0; trial < maxDeals; trial++) {
    const folds = dealFolds(training, dealtFolds, random).map((fold) => fold + 1);
    const dealt = clips.map((clip, place) => ({ ...clip, fold: at(folds, place) }));
    if (listFolds(dealt).every((fold) => listUntrained({ labels, clips: dealt }, fold).length === 0))
      return folds;
  }
  throw new UserError(
    "folds: expected to deal recordings so that every class is left to train on, found no way: too many recordings " +
      "hold several classes; --protocol final trains without a score",
  );
}

export function toTrainingClips({
  labels,
  clips,
  rows,
}: Pick<EmbeddedClips, "labels" | "clips" | "rows">): TrainingClips {
  return {
    rows,
    labels: clips.map(({ label }) => labels.indexOf(label)),
    groups: clips.map(({ source }) => source),
    classes: labels.length,
  };
}

/** @throws UserError naming each class that has a single recording: it could not be tested */
export function checkRecordings({ labels, clips }: LabelledClips): void {
  const alone = labels.filter(
    (label) => new Set(clips.filter((clip) => clip.label === label).map(({ source }) => source)).size < 2,
  );
  if (alone.length === 0) return;
  throw new UserError(
    `classes: expected at least 2 recordings of each, one to train and one to test, got 1 of ${shorten(alone)}; ` +
      "add a recording of each, or leave the class out",
  );
}

interface FoldsToScore {
  readonly name: string;
  /** Of each clip. */
  readonly folds: readonly number[];
  /** Those that are tested, each by a head of all others. */
  readonly tested: readonly number[];
  readonly options: Required<HeadOptions>;
}

function scoreFolds(clips: TrainingClips, { name, folds, tested, options }: FoldsToScore): HeadScore {
  const { rows, labels, groups, classes } = clips;
  const places = [...folds.keys()].filter((place) => tested.includes(at(folds, place)));
  const logits = new Float32Array(places.length * classes);
  for (const fold of tested) {
    const trained = [...folds.keys()].filter((place) => folds[place] !== fold);
    const asked = [...places.keys()].filter((row) => folds[at(places, row)] === fold);
    const { head } = trainHead(
      {
        ...clips,
        rows: takeRows(rows, trained),
        labels: trained.map((place) => at(labels, place)),
        groups: trained.map((place) => at(groups, place)),
      },
      options,
    );
    const askedPlaces = asked.map((row) => at(places, row));
    const scores = scoreRows(head, normaliseRows(takeRows(rows, askedPlaces)));
    for (const [position, row] of asked.entries())
      logits.set(scores.values.subarray(position * classes, (position + 1) * classes), row * classes);
  }
  return { name, folds, tested: places, logits };
}

/** Classes that a head could not learn while this fold is tested. */
function listUntrained({ labels, clips }: LabelledClips, fold: number): string[] {
  const trained = new Set(clips.filter((clip) => clip.fold !== fold).map(({ label }) => label));
  return labels.filter((label) => !trained.has(label));
}

function shorten(labels: readonly string[]): string {
  const more = labels.length > 5 ? ` and ${labels.length - 5} more` : "";
  return labels.slice(0, 5).join(", ") + more;
}
