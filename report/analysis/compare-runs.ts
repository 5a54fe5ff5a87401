import { pickClasses } from "../metrics/answers.ts";
import { compareByMcNemar, type McNemarResult } from "../metrics/mcnemar.ts";
import { nameVariant, type ReportData, type VariantReport } from "./report-data.ts";
import { at, atKey } from "../../common/at.ts";

/** Two networks on the clips that both were scored on. */
export interface PairedComparison {
  readonly first: string;
  readonly second: string;
  /** Clips both answered. */
  readonly clips: number;
  /** Shares right on those clips. */
  readonly firstAccuracy: number;
  readonly secondAccuracy: number;
  readonly test: McNemarResult;
}

interface Contestant {
  readonly name: string;
  /** Whether each clip was classified correctly; several answers to one clip decide by majority. */
  readonly right: ReadonlyMap<string, boolean>;
}

/** The main network against every other one, of this run or another; pairs without common clips are left out. */
export function comparePairs(report: ReportData): PairedComparison[] {
  const contestants = report.runs.flatMap(({ run, variants }) =>
    variants.flatMap((variant) => {
      const name = nameVariant(report, run, variant);
      return variant.scored === null ? [] : [{ name, right: decideClips(variant.scored), variant }];
    }),
  );
  const main = contestants.find(({ variant }) => variant === report.main.variant);
  if (main === undefined) return [];
  return contestants.filter((other) => other !== main).flatMap((other) => comparePair(main, other) ?? []);
}

function comparePair(first: Contestant, second: Contestant): PairedComparison | null {
  const ids = [...first.right.keys()].filter((id) => second.right.has(id));
  if (ids.length === 0) return null;
  const firstRight = ids.map((id) => atKey(first.right, id));
  const secondRight = ids.map((id) => atKey(second.right, id));
  const fraction = (right: readonly boolean[]): number => right.filter(Boolean).length / ids.length;
  return {
    first: first.name,
    second: second.name,
    clips: ids.length,
    firstAccuracy: fraction(firstRight),
    secondAccuracy: fraction(secondRight),
    test: compareByMcNemar(firstRight, secondRight),
  };
}

/** More than half of the answers to a clip must be right. */
function decideClips({ answers, predictions }: NonNullable<VariantReport["scored"]>): Map<string, boolean> {
  const votes = new Map<string, { right: number; all: number }>();
  for (const [row, pick] of pickClasses(answers).entries()) {
    const id = at(predictions, row).id;
    const vote = votes.get(id) ?? { right: 0, all: 0 };
    votes.set(id, { right: vote.right + (pick === answers.truth[row] ? 1 : 0), all: vote.all + 1 });
  }
  return new Map([...votes].map(([id, { right, all }]) => [id, 2 * right > all]));
}
