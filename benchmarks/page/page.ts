/**
 * The built demo in headless Chromium: from an empty browser to the first answer on WASM, best and median of five, and
 * the bytes it takes; and what holds up the page's own thread while it loads, while clips are classified and played, at
 * the microphone, while it is taught, and while it opens with 10,000 clips. Tasks are taken from Chromium's trace. On a
 * busy machine a task also waits for its processor, so its own time counts.
 *
 *     npx tsx benchmarks/page/page.ts
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { createRandom } from "../../common/random.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { formatTable } from "../../pipeline/screen/format-table.ts";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { fillClipStore } from "./fill-clip-store.ts";
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
  args: z.optional(
    z.object({
      name: z.optional(z.unknown()),
      data: z.optional(z.looseObject({ url: z.optional(z.unknown()) })),
    }),
  ),
});
const traceSchema = z.object({ traceEvents: z.array(eventSchema) });

/**
 * Tasks of the thread that runs the page's scripts: Chromium has pages of its own, with the same kind of thread.
 * @param trace of Chromium, with the category `disabled-by-default-devtools.timeline` @param origin of the page
 */
function readPageTasks(trace: Buffer, origin: string): PageTask[] {
  const { traceEvents } = traceSchema.parse(JSON.parse(trace.toString()));
  const ownProcesses = new Set(
    traceEvents
      .filter(({ args }) => typeof args?.data?.url === "string" && args.data.url.startsWith(origin))
      .map(({ pid }) => pid),
  );
  const pageThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .filter(({ pid }) => ownProcesses.has(pid))
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name === "RunTask" && pageThreads.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, ownMs: tdur / 1000 }));
}

const coldLoads = 5;
const frameMs = 16;
const watchedMs = 6000;
const patienceMs = 240_000;
const columns = ["while", "tasks", "longest", "longest, own time", `own time over ${frameMs} ms`] as const;
/** Runs in the page: its time when the first entry of the log is there. */
const awaitAnswer = `globalThis.answered = new Promise((resolve) => {
  const look = () => document.querySelector("#events li") ? resolve(performance.now()) : setTimeout(look, 2);
  look();
})`;

const sounds = mkdtempSync(path.join(tmpdir(), "earshot-page-"));
const demo = await serveDemo();
const browser = await launchPlainBrowser([
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
]);
const loads: ColdLoad[] = [];
for (let load = 0; load < coldLoads; load++) loads.push(await timeColdLoad(browser));
loads.sort((one, other) => one.answeredMs - other.answeredMs);
const [best, , median] = loads.map(({ answeredMs }) => `${(answeredMs / 1000).toFixed(2)} s`);
const [sent] = loads.map(({ bytes }) => `${(bytes / 1e6).toFixed(2)} MB`);
console.log(
  `Cold load to the first answer, WASM: best ${best}, median ${median} of ${coldLoads}; ${sent}.\n`,
);

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
    await page.click("#microphone");
    await page.locator(".stage:not([data-state=listening])").waitFor();
  }),
  await watch("ten minutes are classified", async () => {
    await openSound("#file", "ten minutes.wav", 600);
    await page.locator("#kicker", { hasText: "ten minutes" }).waitFor();
    await page.locator(".stage:not([data-state=working])").waitFor();
  }),
  await watch("two classes are taught, forty clips", async () => {
    await page.click("#teach-start");
    for (const place of [0, 1])
      await openSound(`.class:nth-child(${place + 1}) [type=file]`, "sound.wav", 40);
    await page.locator("#teach-status", { hasText: "Trained on 40 clips" }).waitFor();
  }),
];
await page.evaluate(fillClipStore);
rows.push(
  await watch("it opens with 10,000 clips", async () => {
    await page.reload();
    await page.waitForTimeout(2 * watchedMs); // a locator would look at each button, again and again
  }),
);
console.log(formatTable([...columns], rows));
await browser.close();
await demo.close();
rmSync(sounds, { recursive: true });

/** Noise of 16 kHz whose level changes each second. */
async function openSound(input: string, name: string, seconds: number): Promise<void> {
  const random = createRandom(seconds, input);
  const levels = Array.from({ length: seconds }, () => 0.3 * random.next());
  const sampleRateHz = 16_000;
  const samples = Float32Array.from(
    { length: seconds * sampleRateHz },
    (_, index) => (levels[Math.floor(index / sampleRateHz)] ?? 0) * random.normal(),
  );
  // By its path: a buffer is decoded from base64 in the page itself, which takes it seconds.
  const file = path.join(sounds, name);
  writeFileSync(file, encodeWav({ samples, sampleRateHz }));
  await page.locator(input).setInputFiles(file);
}

interface ColdLoad {
  readonly answeredMs: number;
  /** Of all files that were asked for until then, as hosts send them that compress text. */
  readonly bytes: number;
}

async function timeColdLoad(chromium: Browser): Promise<ColdLoad> {
  const context = await chromium.newContext();
  const cold: Page = await context.newPage();
  cold.setDefaultTimeout(patienceMs);
  const addresses = new Set<string>();
  context.on("request", (request) => addresses.add(new URL(request.url()).pathname));
  await cold.addInitScript(awaitAnswer);
  await cold.goto(demo.origin);
  const answeredMs = Number(await cold.evaluate("answered"));
  const files = [...addresses].map((address) =>
    path.join(demo.folder, "site", address.replace(/\/$/, "/index.html")),
  );
  const sizes = files.filter((file) => existsSync(file)).map((file) => measureSent(file));
  await context.close();
  return { answeredMs, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function measureSent(file: string): number {
  const content = readFileSync(file);
  return /\.(?:html|m?js|css|svg|json)$/.test(file) ? gzipSync(content).length : content.length;
}

async function watch(title: string, act: () => Promise<void>): Promise<string[]> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await act();
  const tasks = readPageTasks(await browser.stopTracing(), demo.origin);
  const longest = Math.max(...tasks.map(({ ms }) => ms));
  const longestOwn = Math.max(...tasks.map(({ ownMs }) => ownMs));
  const late = tasks.filter(({ ownMs }) => ownMs > frameMs);
  return [title, String(tasks.length), formatMs(longest), formatMs(longestOwn), String(late.length)];
}

function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
