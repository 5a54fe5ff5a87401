/**
 * Lighthouse on the built demo, served from this machine: performance, accessibility and best practices, 0 to 100, as
 * a desktop and as a phone, the median of five visits. Lighthouse is fetched by npx, for it is larger than all else
 * that the project installs.
 *
 *     npx tsx benchmarks/page/lighthouse.ts [desktop|phone]
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { formatTable } from "../../pipeline/screen/format-table.ts";
import { findBrowser } from "../../setup/browser/find-browser.ts";
import { serveDemo } from "./serve-demo.ts";

const version = "12.8.2";
/** Lighthouse's own advice against a machine's noise: the median of five. */
const runs = 5;
const devices = { desktop: ["--preset=desktop"], phone: [] };
const categories = ["performance", "accessibility", "best-practices"] as const;
const auditsShown = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
] as const;
const auditSchema = z.object({
  title: z.string(),
  displayValue: z.optional(z.string()),
  score: z.nullable(z.number()),
});
const categorySchema = z.object({
  score: z.nullable(z.number()),
  auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
});
const resultSchema = z.object({
  categories: z.object({
    performance: categorySchema,
    accessibility: categorySchema,
    "best-practices": categorySchema,
  }),
  audits: z.record(z.string(), auditSchema),
});

type Result = z.infer<typeof resultSchema>;

const runFile = promisify(execFile);
const [only] = process.argv.slice(2);
const demo = await serveDemo();
const rows: string[][] = [];
/** The audits that cost points. */
const costs: string[][] = [];
for (const [device, settings] of Object.entries(devices)) {
  if (only !== undefined && only !== device) continue;
  const results: Result[] = [];
  for (let run = 0; run < runs; run++) {
    const result = await visit(device, settings);
    if (Number.isFinite(readScore(result, "performance"))) results.push(result);
    else console.error(`${device}: Lighthouse lost the trace of a visit, which is left out`);
  }
  results.sort((one, other) => readScore(one, "performance") - readScore(other, "performance"));
  const median = results[Math.floor(results.length / 2)];
  if (median === undefined) continue;
  const performances = results.map((result) => readScore(result, "performance")).join(", ");
  const scores = categories.map((name) => String(readScore(median, name)));
  rows.push([
    device,
    ...scores,
    ...auditsShown.map((id) => median.audits[id]?.displayValue ?? ""),
    performances,
  ]);
  for (const { id, weight } of categories.flatMap((name) => median.categories[name].auditRefs)) {
    const { title = id, score = null, displayValue = "" } = median.audits[id] ?? {};
    if (weight > 0 && score !== null && score < 1)
      costs.push([device, title, score.toFixed(2), displayValue]);
  }
}
console.log(formatTable(["device", ...categories, ...auditsShown, "performance, each run"], rows));
if (costs.length > 0) console.log(`\n${formatTable(["device", "costs points", "score", "found"], costs)}`);
await demo.close();

async function visit(device: string, settings: readonly string[]): Promise<Result> {
  const report = path.join(demo.folder, `${device}.json`);
  const flags = ["--headless=new", "--no-sandbox", "--autoplay-policy=no-user-gesture-required"];
  await runFile(
    process.platform === "win32" ? "npx.cmd" : "npx",
    [
      ...["--yes", `lighthouse@${version}`, demo.origin, "--quiet"],
      ...["--output=json", `--output-path=${report}`, `--only-categories=${categories.join(",")}`],
      ...[`--chrome-flags=${flags.join(" ")}`, ...settings],
    ],
    { env: { ...process.env, CHROME_PATH: findBrowser() }, maxBuffer: 2 ** 26 },
  );
  return resultSchema.parse(JSON.parse(await readFile(report, "utf8")));
}

function readScore({ categories: found }: Result, name: (typeof categories)[number]): number {
  return Math.round(100 * (found[name].score ?? NaN));
}
