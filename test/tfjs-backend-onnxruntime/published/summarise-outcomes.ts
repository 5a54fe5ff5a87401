import type { PublishedTests } from "../../../tfjs-backend-onnxruntime/published-tests.ts";
import type { Outcome } from "./outcome.ts";

/** Counts by file, as published-tests.json keeps them; without the tests that other processors end otherwise. */
export function countByFile(
  outcomes: readonly Outcome[],
  { dependsOnProcessor }: PublishedTests,
): PublishedTests["files"] {
  const counted = outcomes.filter((outcome) => !(nameOutcome(outcome) in dependsOnProcessor));
  const files = [...new Set(counted.map(({ file }) => file))];
  return Object.fromEntries(
    files.map((name) => {
      const found = counted.filter(({ file }) => file === name);
      const unsupported = found.filter(({ status }) => status === "unsupported");
      return [
        name,
        {
          passed: found.filter(({ status }) => status === "passed").length,
          unsupported: unsupported.length,
          lacking: [...new Set(unsupported.map(({ message }) => message))].toSorted().join(", "),
        },
      ];
    }),
  );
}

/** The failed ones, by file and name, with what each said. */
export function listFailures(
  outcomes: readonly Outcome[],
  { dependsOnProcessor }: PublishedTests,
): Map<string, string> {
  const failed = outcomes.filter(({ status }) => status === "failed");
  const named = failed.map((outcome) => [nameOutcome(outcome), outcome.message] as const);
  return new Map(named.filter(([name]) => !(name in dependsOnProcessor)));
}

function nameOutcome({ file, test }: Outcome): string {
  return `${file}: ${test}`;
}
