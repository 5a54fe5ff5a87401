/**
 * The built demo in headless Chromium: from an empty browser to the first answer on WASM, best and median of five; and
 * what holds up the page's own thread while it loads, while a clip is classified and played, and at the microphone. Tasks
 * are taken from Chromium's trace. On a busy machine a task also waits for its processor, so its own time counts.
 *
 *     npx tsx benchmarks/page/page.ts
 */
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { formatTable } from "../../pipeline/screen/format-table.ts";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { serveDemo } from "./serve-demo.ts";

/** A task of a page's own thread. */
interface PageTask {
  readonly ms: number;
  /** Without the time that it waited for a processor. */
  readonly ownMs: number;
}

const eventSchema = z.object({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  /** Microseconds. */
  dur: z.optional(z.number()),
  tdur: z.optional(z.number()),
  args: z.optional(z.object({ name: z.optional(z.unknown()) })),
});
const traceSchema = z.object({ traceEvents: z.array(eventSchema) });

/** @param trace of Chromium, with the category `disabled-by-default-devtools.timeline` */
function readPageTasks(trace: Buffer): PageTask[] {
  const { traceEvents } = traceSchema.parse(JSON.parse(trace.toString()));
  const pageThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name === "RunTask" && pageThreads.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, ownMs: tdur / 1000 }));
}

const coldLoads = 5;
const frameMs = 16;
const watchedMs = 6000;
const patienceMs = 60_000;
const columns = ["while", "tasks", "longest", "longest, own time", `own time over ${frameMs} ms`] as const;
/** Runs in the page: its time when the first entry of the log is there. */
const awaitAnswer = `globalThis.answered = new Promise((resolve) => {
  const look = () => document.querySelector("#events li") ? resolve(performance.now()) : setTimeout(look, 2);
  look();
})`;

const demo = await serveDemo();
const browser = await launchPlainBrowser([
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
]);
const loads: number[] = [];
for (let load = 0; load < coldLoads; load++) loads.push(await timeColdLoad(browser));
loads.sort((one, other) => one - other);
const [best, , median] = loads.map((ms) => `${(ms / 1000).toFixed(2)} s`);
console.log(`Cold load to the first answer, WASM: best ${best}, median ${median} of ${coldLoads}.\n`);

const page = await browser.newPage();
page.setDefaultTimeout(patienceMs);
const rows = [
  await watch("the page loads", async () => {
    await page.goto(demo.origin);
    await page.locator("[value=threads] ~ .badge", { hasText: "Parity" }).waitFor();
  }),
  await watch("a clip is classified and played", async () => {
    await page.locator("#samples button").last().click();
    await page.waitForTimeout(watchedMs);
  }),
  await watch("the microphone runs", async () => {
    await page.click("#microphone");
    await page.waitForTimeout(watchedMs);
  }),
];
console.log(formatTable([...columns], rows));
await browser.close();
await demo.close();

async function timeColdLoad(chromium: Browser): Promise<number> {
  const context = await chromium.newContext();
  const cold: Page = await context.newPage();
  cold.setDefaultTimeout(patienceMs);
  await cold.addInitScript(awaitAnswer);
  await cold.goto(demo.origin);
  const answeredMs = Number(await cold.evaluate("answered"));
  await context.close();
  return answeredMs;
}

async function watch(title: string, act: () => Promise<void>): Promise<string[]> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await act();
  const tasks = readPageTasks(await browser.stopTracing());
  const longest = Math.max(...tasks.map(({ ms }) => ms));
  const longestOwn = Math.max(...tasks.map(({ ownMs }) => ownMs));
  const late = tasks.filter(({ ownMs }) => ownMs > frameMs);
  return [title, String(tasks.length), formatMs(longest), formatMs(longestOwn), String(late.length)];
}

function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
