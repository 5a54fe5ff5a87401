import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { parseJob, type JobSettings, type TrainingJob } from "../../run-files/job.ts";
import { recipes, type RecipeName } from "./recipes.ts";

interface JobParts {
  readonly recipe: RecipeName;
  /** The network's own settings; the recipe adds its dropout. */
  readonly network: NonNullable<JobSettings["network"]>;
  readonly folds?: JobSettings["folds"];
  readonly seed?: number;
}

/** The job of a recipe, a network, folds and a seed. @throws UserError that lists every mistake */
export function composeJob({ recipe, network, folds, seed }: JobParts): TrainingJob {
  const { features, network: networkSettings, job } = recipes[recipe];
  return parseJob({
    ...job,
    network: { ...networkSettings, ...network },
    features: { ...defaultFeatureConfig, ...features },
    ...(folds !== undefined && { folds }),
    ...(seed !== undefined && { seed }),
  });
}
