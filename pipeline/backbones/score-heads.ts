import { at } from "../../common/at.ts";
import { UserError } from "../../common/user-error.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { joinRows, normaliseRows, takeRows } from "../../heads/matrix.ts";
import { type HeadOptions, type TrainedHead, trainHead, type TrainingClips } from "../../heads/train-head.ts";
import { trainLabelSetHead } from "../../heads/train-label-sets.ts";
import type { ProtocolName } from "../../training/jobs/protocols.ts";
import {
  dealClips,
  groupLabels,
  type LabelledClips,
  listUntrained,
  shorten,
  smallSetClips,
} from "../runs/deal-clips.ts";
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

const smallSetRepeats = 10;

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

/** With what heads train besides clips. */
export type HeadSettings = Required<HeadOptions> & Pick<TrainingClips, "background">;

/** A head of clips, and of their copies: the one that is exported, or one that others are asked of. */
export function trainClips(
  embedded: Omit<EmbeddedClips, "windows" | "featureSet">,
  { background, ...options }: HeadSettings,
): TrainedHead {
  const clips = { rows: embedded.rows, ...groupLabels(embedded), ...(background && { background }) };
  if (embedded.labelling === "several") return trainLabelSetHead(clips, options);
  const labels = clips.labels.map((own) => at(own, 0));
  const { copies } = embedded;
  if (copies === undefined) return trainHead({ ...clips, labels }, options);
  const trained = trainHead(
    {
      ...clips,
      rows: joinRows(embedded.rows, copies),
      labels: [...labels, ...labels],
      groups: [...clips.groups, ...clips.groups],
    },
    options,
  );
  const { unseenLogits } = trained;
  // Thresholds are chosen by sounds as they are.
  return { ...trained, unseenLogits: unseenLogits && takeRows(unseenLogits, [...labels.keys()]) };
}

/** Scores clips by heads that did not train on them nor, where folds are dealt anew, on their recordings. */
export function scoreHeads(
  embedded: EmbeddedClips,
  protocol: HeadProtocol,
  settings: HeadSettings,
): HeadScore[] {
  const own = embedded.clips.map(({ fold }) => fold);
  const score = (part: Pick<HeadScore, "name" | "folds">, tested: readonly number[]): HeadScore =>
    scoreFolds(embedded, part, tested, settings);
  switch (protocol.name) {
    case "final":
      return [];
    case "holdout":
      return [score({ name: "holdout", folds: own }, [protocol.testFold])];
    case "cv5":
      return [score({ name: "rotation", folds: own }, listFolds(embedded.clips))];
    case "dealt":
      return Array.from({ length: protocol.repeats }, (_, repeat) => {
        const folds = dealClips(embedded, repeat);
        return score({ name: `repeat-${repeat + 1}`, folds }, [...new Set(folds)]);
      });
  }
}

/** @param tested folds, each by a head of all others */
function scoreFolds(
  embedded: EmbeddedClips,
  { name, folds }: Pick<HeadScore, "name" | "folds">,
  tested: readonly number[],
  settings: HeadSettings,
): HeadScore {
  const { rows, copies, clips } = embedded;
  const classes = embedded.labels.length;
  const places = [...folds.keys()].filter((place) => tested.includes(at(folds, place)));
  const logits = new Float32Array(places.length * classes);
  for (const fold of tested) {
    const trained = [...folds.keys()].filter((place) => folds[place] !== fold);
    const asked = [...places.keys()].filter((row) => folds[at(places, row)] === fold);
    const part = {
      ...embedded,
      rows: takeRows(rows, trained),
      copies: copies && takeRows(copies, trained),
      clips: trained.map((place) => at(clips, place)),
    };
    const { head } = trainClips(part, settings);
    const askedPlaces = asked.map((row) => at(places, row));
    const scores = scoreRows(head, normaliseRows(takeRows(rows, askedPlaces)));
    for (const [position, row] of asked.entries())
      logits.set(scores.values.subarray(position * classes, (position + 1) * classes), row * classes);
  }
  return { name, folds, tested: places, logits };
}
