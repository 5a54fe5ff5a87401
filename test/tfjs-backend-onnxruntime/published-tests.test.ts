import { beforeAll, describe, expect, it } from "vitest";
import { type PublishedTests, readPublishedTests } from "../../tfjs-backend-onnxruntime/published-tests.ts";
import type { Outcome } from "./published/outcome.ts";
import { runPublishedTests } from "./published/run-published-tests.ts";
import { countByFile, listFailures } from "./published/summarise-outcomes.ts";

describe("the tests that tfjs-core publishes, on our backend", () => {
  let outcomes: Outcome[];
  let record: PublishedTests;

  beforeAll(async () => {
    record = await readPublishedTests();
    outcomes = await runPublishedTests();
  }, 400_000);

  it("fail only where a reason is listed, and there they do", () => {
    const failures = listFailures(outcomes, record);
    const unlisted = [...failures].filter(([test]) => !(test in record.failing));
    expect(unlisted).toEqual([]);
    expect([...failures.keys()].toSorted()).toEqual(Object.keys(record.failing).toSorted());
  });

  it("pass, or lack a kernel, as published-tests.json says", () => {
    expect(countByFile(outcomes, record)).toEqual(record.files);
  });
});
