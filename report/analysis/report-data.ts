import type { RunResult } from "../run/run-result.ts";
import { evaluateAnswers, type Evaluation } from "./evaluation.ts";
import { evaluateLabelSets, type LabelSetEvaluation } from "./label-sets.ts";
import { listMissingFolds, listUnscoredJobs } from "./missing-jobs.ts";
import { listVariants, poolAnswers, type PooledAnswers, type Variant } from "./variant.ts";
import { at } from "../../common/at.ts";

/** One variant with what its clips say; null where nothing was scored. */
export interface VariantReport extends Variant {
  /** In place of `scored` where clips may have several classes. */
  readonly labelSets: LabelSetEvaluation | null;
  readonly scored: (PooledAnswers & { readonly evaluation: Evaluation }) | null;
}

export interface RunReport {
  readonly run: RunResult;
  readonly variants: readonly VariantReport[];
}

/** What all sections draw from. The first run, and its first variant, are the ones shown in full. */
export interface ReportData {
  readonly runs: readonly RunReport[];
  readonly main: { readonly run: RunResult; readonly variant: VariantReport | undefined };
  /** What is missing in any of the runs, each a sentence. */
  readonly problems: readonly string[];
}

/** A network as tables and charts call it: by its run too, where there are several. */
export function nameVariant({ runs }: ReportData, run: RunResult, { title }: Variant): string {
  return runs.length > 1 ? `${run.name}: ${title}` : title;
}

/** @param runs at least one @throws RangeError without a run */
export function analyseRuns(runs: readonly RunResult[]): ReportData {
  const [first] = runs;
  if (first === undefined) throw new RangeError("report: expected at least one run, got none");
  const reports = runs.map((run) => ({
    run,
    variants: listVariants(run).map((variant) => {
      const pooled = poolAnswers(variant.jobs, run.data.labels);
      return {
        ...variant,
        labelSets: evaluateLabelSets(variant.jobs, run),
        scored: pooled === null ? null : { ...pooled, evaluation: evaluateAnswers(pooled) },
      };
    }),
  }));
  const problems = runs.flatMap((run) =>
    [...run.problems, ...listMissingFolds(run), ...listUnscoredJobs(run)].map((problem) =>
      runs.length > 1 ? `${run.name}: ${problem}` : problem,
    ),
  );
  const variants = at(reports, 0).variants;
  return {
    runs: reports,
    main: {
      run: first,
      variant: variants.find(({ scored, labelSets }) => (scored ?? labelSets) !== null) ?? variants[0],
    },
    problems,
  };
}
