import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../../setup/run-tool.ts";
import { makeTemporaryFolder, startScript } from "./temporary-project.ts";

async function countResults(
  parts: string,
  tests: unknown,
): Promise<{ code: number | null; last: string | undefined; output: string }> {
  await using folder = await makeTemporaryFolder();
  const files = ["parts", "tests.json"].map((name) => path.join(folder.path, name));
  await writeFile(path.join(folder.path, "parts"), parts);
  for (const [, name] of parts.matchAll(/failed (.+)/g))
    await writeFile(
      path.join(folder.path, `${name}.log`),
      `first line\n${"line\n".repeat(29)}last of ${name}\n`,
    );
  if (tests !== undefined) await writeFile(path.join(folder.path, "tests.json"), JSON.stringify(tests));
  const script = path.join(projectFolder, "setup", "count-results.mjs");
  const { code, output } = await startScript(folder.path, script, files).ended;
  return { code, last: output.trimEnd().split("\n").at(-1), output };
}

const report = { numPassedTests: 40, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0 };

describe("the last line of .ci/run", () => {
  it.each([
    ["all went well", "passed tests\npassed check\npassed pipeline\n", report, "42 passed, 0 failed"],
    [
      "a test failed",
      "failed tests\npassed check\n",
      { ...report, numFailedTests: 3 },
      "41 passed, 3 failed",
    ],
    ["a test file did not load", "failed tests\npassed check\n", report, "41 passed, 1 failed"],
    ["the tests did not start", "failed tests\nfailed check\n", undefined, "0 passed, 2 failed"],
    ["a rule was broken", "passed tests\nfailed check\n", report, "40 passed, 1 failed"],
  ])("says so when %s", async (_, parts, tests, last) => {
    expect(await countResults(parts, tests)).toMatchObject({
      code: last.endsWith(" 0 failed") ? 0 : 1,
      last,
    });
  });

  it("repeats the last lines of what failed beside the tests", async () => {
    const { output } = await countResults("failed tests\nfailed check\npassed pipeline\n", report);
    expect(output).toMatch(/last lines of check:\n(line\n){29}last of check\n/);
    expect(output).not.toMatch(/first line|last of (tests|pipeline)/);
  });

  it("names the tests that failed, files that did not load, and the slowest files", async () => {
    const times = { startTime: 1000, endTime: 66_000 };
    const failure = {
      status: "failed",
      fullName: "a wheel turns",
      failureMessages: ["Error: no axle\n at x"],
    };
    const testResults = [
      { name: "/project/wheel.test.ts", status: "failed", ...times, assertionResults: [failure] },
      {
        name: "/project/axle.test.ts",
        status: "failed",
        message: "SyntaxError",
        ...times,
        assertionResults: [],
      },
      { name: "/project/hub.test.ts", status: "passed", ...times, assertionResults: [{ status: "passed" }] },
    ];
    const { output } = await countResults("failed tests\n", { ...report, numFailedTests: 1, testResults });
    expect(output).toContain("wheel.test.ts: a wheel turns: Error: no axle\n");
    expect(output).toContain("axle.test.ts: did not load: SyntaxError\n");
    expect(output).toMatch(/3 test files, 195 s in all; the slowest:\n +65 s .*wheel/);
    expect(output).not.toContain("hub.test.ts:");
  });
});
