import type { JobResult } from "../../../run-files/job-result.ts";

/** A finished job's result, for tests that look at a few of its values. */
export function makeJobResult(job: JobResult["job"], values: Partial<JobResult> = {}): JobResult {
  return {
    job,
    engine: "",
    dataHash: "",
    epochs: 1,
    selectedEpoch: 1,
    bestEpoch: 1,
    checkpoint: "",
    trainLoss: 0,
    trainAccuracy: 0,
    validation: null,
    test: null,
    testCrops: null,
    seconds: 0,
    ...values,
  };
}
