import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { writeReport } from "../../report/write-report.ts";
import { nameJob, writeSyntheticRun, type SyntheticRun } from "./synthetic-run.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "earshot-report-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const rotation: SyntheticRun = {
  protocol: "cv5",
  jobs: [1, 2, 3, 4, 5].map((fold) => ({ test: [fold], epochs: 4 })),
};

describe("writeReport", () => {
  it("prints a whole run's numbers, and that nothing is missing", async () => {
    const { page, json, markdown, problems } = await report({});
    expect(problems).toEqual([]);
    expect(page).toContain("CNN on <bdi>ESC-10</bdi>");
    expect(page).toContain("Trained for 100 epochs with tfjs-node on 240 of 400 clips in 10 classes");
    const evaluation = json.runs[0]?.variants[0]?.evaluation;
    expect(evaluation).toMatchObject({ split: "test", answers: 80, distinctClips: 80 });
    expect(markdown).toContain(`| ${(100 * (evaluation?.accuracy ?? 0)).toFixed(2)} |`);
  });

  it.each([
    ["", rotation],
    [
      ", each job of which starts from another network",
      {
        ...rotation,
        jobs: (rotation.jobs ?? []).map((job, index) => ({ ...job, warmStart: `cnn-${index}` })),
      },
    ],
  ])("pools a rotation%s: every clip once", async (_, run) => {
    const { json, problems } = await report(run);
    expect(problems).toEqual([]);
    expect(json.runs[0]?.variants).toHaveLength(1);
    expect(json.runs[0]?.variants[0]?.evaluation).toMatchObject({ answers: 400, distinctClips: 400 });
  });

  it("says which fold a rotation lacks", async () => {
    const { problems, page } = await report({ ...rotation, jobs: (rotation.jobs ?? []).slice(0, 4) });
    expect(problems).toEqual(["CNN: no job tests fold 5."]);
    expect(page).toContain("no job tests fold 5");
  });

  it("says what a run that stopped half-way lacks", async () => {
    const { problems, page } = await report({
      without: ["predictions.jsonl", "parity.json", "environment.json", "summary.json"],
    });
    expect(problems).toEqual([
      "environment.json is missing.",
      "parity.json is missing.",
      "predictions.jsonl is missing.",
      "The run has no scored clips.",
    ]);
    expect(page).toContain('id="training"');
    expect(page).not.toContain('id="confusion"');
  });

  it("drops the torn last line of a killed run, and says so", async () => {
    const run = path.join(folder, "run");
    await writeSyntheticRun(run);
    await appendFile(path.join(run, "metrics.jsonl"), '{"epoch":101,"trainLo');
    const { problems } = await writeReport([run], folder);
    expect(problems).toEqual(["metrics.jsonl, line 101, was left out: expected whole JSON."]);
  });

  it("reports an empty folder as one without anything", async () => {
    const { problems } = await report({ without: allFiles });
    expect(problems).toContain("config.json is missing.");
    expect(problems).toContain("The run has not trained an epoch.");
  });

  it("refuses a folder that does not exist", async () => {
    const missing = path.join(folder, "nowhere");
    await expect(writeReport([missing], folder)).rejects.toThrow(UserError);
    await expect(writeReport([missing], folder)).rejects.toThrow("expected a run's folder, got none");
  });

  it("is the same to the byte when written again", async () => {
    const first = await report({});
    const second = await writeReport([path.join(folder, "run")], path.join(folder, "again"));
    expect(await readFile(second.html, "utf8")).toBe(first.page);
  });

  it("stays a small file with many trainings", async () => {
    const jobs = [2, 3, 4, 5].flatMap((fold) =>
      [0, 1, 2].map((seed) => ({ test: [1], validation: [fold], seed })),
    );
    expect(new Set(jobs.map(nameJob)).size).toBe(12);
    const { page } = await report({ protocol: "report", jobs });
    expect(page.length).toBeLessThan(3_000_000);
  });
});

const allFiles = [
  "config.json",
  "data.json",
  "environment.json",
  "parity.json",
  "stages.json",
  "summary.json",
  "metrics.jsonl",
  "predictions.jsonl",
];

const jsonSchema = z.object({
  runs: z.array(
    z.object({
      variants: z.array(
        z.object({ evaluation: z.looseObject({ accuracy: z.number().nullable() }).nullable() }),
      ),
    }),
  ),
});

async function report(run: SyntheticRun) {
  const at = path.join(folder, "run");
  await writeSyntheticRun(at, run);
  const written = await writeReport([at], path.join(folder, "out"));
  return {
    page: await readFile(written.html, "utf8"),
    json: jsonSchema.parse(JSON.parse(await readFile(written.json, "utf8"))),
    markdown: await readFile(written.markdown, "utf8"),
    problems: written.problems,
  };
}
