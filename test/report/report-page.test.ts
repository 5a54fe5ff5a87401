import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { writeReport } from "../../report/write-report.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { writeSyntheticRun, type SyntheticRun } from "./synthetic-run.ts";

/** Names that try to be markup, code, another direction or nothing at all. */
const hostileLabels = [
  "<script>document.title='pwned'</script>",
  `"><img src=https://example.com/x onerror=alert(1)>`,
  "</style></svg><b>bold",
  "نباح الكلب",
  "🐶 & 'friends'",
  "datum['x'] | [a](javascript:alert(1))",
];

const twoHundred = Array.from({ length: 200 }, (_, index) => `class ${String(index).padStart(3, "0")}`);

const cases: readonly { readonly title: string; readonly run: SyntheticRun }[] = [
  { title: "ten classes", run: {} },
  { title: "two classes", run: { labels: ["no", "yes"] } },
  { title: "two hundred classes", run: { labels: twoHundred, clipsPerFold: 2, skill: 6 } },
  { title: "hostile class names", run: { labels: hostileLabels.toSorted() } },
  {
    title: "the reference protocol with several heads",
    run: {
      protocol: "report",
      jobs: [2, 3].flatMap((fold) => [
        { test: [1], validation: [fold] },
        { architecture: "cnn-transformer" as const, heads: 2, test: [1], validation: [fold] },
      ]),
    },
  },
  {
    title: "a sweep",
    run: {
      protocol: "tune",
      jobs: [0.001, 0.01].flatMap((weightDecay) =>
        ["random", "xavier"].map((weightInit) => ({
          test: [],
          validation: [2],
          epochs: 20,
          weightDecay,
          weightInit,
        })),
      ),
    },
  },
  { title: "no folds, everything right", run: { labels: ["a", "b", "c"], folds: 1, skill: 100 } },
  {
    title: "a run that stopped half-way",
    run: { without: ["predictions.jsonl", "parity.json", "environment.json"] },
  },
];

interface OpenReport {
  readonly page: Page;
  /** Console messages, errors and requests: everything that it should not do. */
  readonly complaints: string[];
}

describeWithBrowser("report.html in Chromium", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "earshot-report-"));
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(cases)(
    "$title: no error, no request, no violation, fits a phone",
    { timeout: 180_000 },
    async ({ title, run }) => {
      const { page, complaints } = await openReport(title, run, { bypassCSP: true }); // axe is injected
      expect(complaints).toEqual([]);
      await page.addScriptTag({ content: axe.source });
      await page.evaluate("for (const section of document.querySelectorAll('details')) section.open = true");
      expect(await findViolations(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      const columns = `[...document.querySelectorAll("tbody .text")].map(({ offsetWidth }) => offsetWidth)`;
      expect(await page.evaluate(`Math.min(Infinity, ...${columns})`)).toBeGreaterThan(24); // no letter a line
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await findViolations(page, ["color-contrast"])).toEqual([]);
      await page.close();
    },
  );

  it("shows hostile class names as text", async () => {
    const { page } = await openReport("hostile", { labels: hostileLabels });
    expect(await page.title()).toBe("CNN on ESC-10 – earshot");
    await unfold(page, "classes");
    const text = await page.locator("#classes").innerText();
    for (const label of hostileLabels) expect(text).toContain(label);
    expect(await page.locator("main script, main b, main img").count()).toBe(0);
    await page.close();
  });

  it("shows the value under the pointer", async () => {
    const { page, complaints } = await openReport("hover", {});
    await unfold(page, "confusion");
    await page.locator("#confusion [data-tip]").first().hover();
    expect(await page.locator(".tip").innerText()).toMatch(/^.+ classified as .+: \d+ of 8 \(\d+\.\d %\)$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("unfolds the section that an address names, and all on paper", async () => {
    const { page } = await openReport("folded", {});
    const [matrix, scores] = [page.locator("#confusion svg"), page.locator("#classes table")];
    expect([await matrix.first().isVisible(), await scores.first().isVisible()]).toEqual([false, false]);
    await page.goto(`${page.url()}#confusion`);
    await matrix.first().waitFor();
    expect(await scores.first().isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    await scores.first().waitFor();
    await page.close();
  });

  it("compares ESC-10 with the course report, people and papers on its first page", async () => {
    const labels = ["Baby cry", "Chainsaw", "Clock tick", "Dog bark", "Fire crackling"].concat([
      "Helicopter",
      "Person sneeze",
      "Rain",
      "Rooster",
      "Sea waves",
    ]);
    const { page } = await openReport("first page", { labels });
    const chart = page.getByRole("img", { name: /^Accuracy: / });
    expect(await chart.getAttribute("aria-label")).toMatch(/people: 95\.7 %.*CNN: 51\.9 %/s);
    await page.close();
  });

  it("reads without scripts", async () => {
    const { file } = await make("no-script", {});
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator("figure svg").count()).toBeGreaterThanOrEqual(7);
    await context.close();
  });

  async function unfold(page: Page, id: string): Promise<void> {
    await page.locator(`#${id} > summary`).click();
  }

  async function make(name: string, run: SyntheticRun): Promise<{ file: string }> {
    const at = path.join(folder, name.replaceAll(" ", "-"));
    await writeSyntheticRun(path.join(at, "run"), run);
    const { html } = await writeReport([path.join(at, "run")], at);
    return { file: html };
  }

  async function openReport(
    name: string,
    run: SyntheticRun,
    options: BrowserContextOptions = {},
  ): Promise<OpenReport> {
    const { file } = await make(name, run);
    const url = pathToFileURL(file).href;
    const complaints: string[] = [];
    const context = await browser.newContext({ ...options, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) complaints.push(request.url());
    });
    await page.goto(url);
    return { page, complaints };
  }
});

const violationsSchema = z.array(
  z.object({
    id: z.string(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

/** @param rules all of them, when left out */
async function findViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = rules === undefined ? "{}" : JSON.stringify({ runOnly: rules });
  const found: unknown = await page.evaluate(`axe.run(${options}).then(({ violations }) => violations)`);
  return violationsSchema
    .parse(found)
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.length} times, first ${nodes[0]?.html ?? ""} ${nodes[0]?.failureSummary ?? ""}`,
    );
}
