import { formatPercent } from "../screen/format-percent.ts";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { readResult, readScore } from "../../run-files/job-result.ts";
import { formatTable, type Cell } from "../screen/format-table.ts";
import { runsRoot } from "../runs/run-folder.ts";
import { defineStage } from "../command-line/stage.ts";

export const runsStage = defineStage({
  name: "runs",
  options: {
    filter: { type: "string", default: "", describe: "only runs whose name holds this" },
    json: { type: "boolean", default: false, describe: "as JSON, with every setting" },
  },
  examples: [
    ["runs", "all of them"],
    ["runs --filter cv5 --json", "some of them, as JSON"],
  ],
  run: async ({ filter, json }) => {
    const runs = (await findRuns(runsRoot)).filter(({ name }) => name.includes(filter));
    if (json) console.log(JSON.stringify(runs, null, 2));
    else if (runs.length === 0) console.log(`${runsRoot}/: no trained runs; npx earshot train makes one`);
    else console.log(formatTable(header, runs.map(makeRow)));
  },
});

const header = [
  "run",
  "trained",
  "network",
  "seed",
  "epochs",
  "train %",
  "validation %",
  "test %",
  "minutes",
];

type FoundRun = Awaited<ReturnType<typeof findRuns>>[number];

/** Every folder with a result.json, those of lists included. */
async function findRuns(root: string) {
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  const folders = entries
    .filter((entry) => path.basename(entry) === "result.json" && !entry.startsWith("latest"))
    .map((entry) => path.dirname(entry));
  const runs = await Promise.all(
    folders.map(async (name) => {
      const result = await readResult(path.join(root, name)).catch(complain);
      const { mtime } = await stat(path.join(root, name, "result.json"));
      return result === null ? [] : [{ name, trained: mtime.toISOString(), result }];
    }),
  );
  return runs.flat().sort((a, b) => b.trained.localeCompare(a.trained));
}

/** One run of another version must not hide the others. */
function complain(error: unknown): null {
  if (!(error instanceof UserError)) throw error;
  console.error(`left out: ${error.message}`);
  return null;
}

function makeRow({ name, trained, result }: FoundRun): Cell[] {
  const { job, epochs, seconds } = result;
  const { trainAccuracy, validation, test } = result;
  const network = job.network.architecture === "cnn" ? "cnn" : `cnn-transformer, ${job.network.heads} heads`;
  return [
    name,
    trained.slice(0, 16).replace("T", " "),
    network,
    job.seed,
    epochs,
    formatPercent(trainAccuracy),
    formatPercent(validation === null ? null : readScore(validation)),
    formatPercent(test === null ? null : readScore(test)),
    (seconds / 60).toFixed(1),
  ];
}
