import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildPitchModel, makeTone } from "./demo-models.ts";
import { collectComplaints, dropFile, openDemo, readParity } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const faultsSchema = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string() })) }),
);
const resultsSchema = z.object({ violations: faultsSchema, incomplete: faultsSchema });

describeWithBrowser("the page for everyone", () => {
  const demo = provideDemo(buildPitchModel());

  it.each([1280, 360])(
    "has no violation of axe's rules, light or dark, %i px wide, and does not scroll sideways",
    async (width) => {
      const page = await demo.browser.newPage({ viewport: { width, height: 800 } });
      const complaints = collectComplaints(page);
      await openDemo(page, demo.site.origin);
      await page.evaluate(axe);
      await dropFile(page, "tone.wav", encodeWav(makeTone(1000, 44_100, 3), 44_100));
      await page.locator("#events li").waitFor();
      await readParity(page, "threads");
      expect(await findFaults(page, { undecided: true }), "an answer").toEqual([]);
      await page.click("#share");
      await page.locator("dialog.share canvas").waitFor();
      expect(await findFaults(page, { undecided: true }), "sharing").toEqual([]);
      expect(await page.getByLabel("Link", { exact: true }).inputValue()).toBe(`${demo.site.origin}/`);
      expect(await page.getByLabel("HTML for another page").inputValue()).toContain(demo.site.origin);
      await page.keyboard.press("Escape");
      await page.click("#teach-start");
      await page.locator(".class").nth(1).waitFor();
      await page
        .locator(".class input[type=file]")
        .first()
        .setInputFiles({
          name: "clip.wav",
          mimeType: "audio/wav",
          buffer: Buffer.from(encodeWav(makeTone(500, 44_100, 2), 44_100)),
        });
      await page.locator(".clips .link").waitFor();
      expect(await findFaults(page, { undecided: true }), "teaching").toEqual([]);
      await page.click(".clips .link");
      await page.locator("dialog.trim").waitFor();
      expect(await findFaults(page, { undecided: true }), "trimming").toEqual([]);
      await page.keyboard.press("Escape");
      await dropFile(page, "broken.wav", Buffer.from("no sound"));
      await page.locator(".toast").waitFor();
      await page.click("summary"); // and so what the toast lies over can be scrolled out from under it
      expect(await findFaults(page, { undecided: false }), "a problem").toEqual([]); // a toast lies over text
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("can be used by the keyboard alone", async () => {
    const page = await demo.browser.newPage();
    await openDemo(page, demo.site.origin);
    await dropFile(page, "tone.wav", encodeWav(makeTone(1000, 44_100, 3), 44_100));
    await page.locator("#play:enabled").waitFor();
    await page.locator("#play").focus();
    const reached: unknown[] = [];
    for (let press = 0; press < 5; press++) {
      reached.push(await page.evaluate("document.activeElement.id || document.activeElement.value"));
      await page.keyboard.press("Tab");
    }
    expect(reached).toEqual(["play", "seek", "teach-start", "share", "threshold"]);
    await page.close();
  });

  it("moves nothing while it loads", async () => {
    const page = await demo.browser.newPage();
    await page.addInitScript(`globalThis.shifts = [];
      new PerformanceObserver((list) => { shifts.push(...list.getEntries().map(({ value }) => value)); })
        .observe({ type: "layout-shift", buffered: true });`);
    await openDemo(page, demo.site.origin);
    await readParity(page, "threads");
    const shifts = z.array(z.number()).parse(await page.evaluate("shifts"));
    expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.02);
    await page.close();
  });
});

/**
 * Axe's violations in the light, and those of contrast in the dark: no other rule sees colours.
 * @param undecided also contrasts that it cannot tell
 */
async function findFaults(page: Page, { undecided }: { readonly undecided: boolean }): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const [colorScheme, options] of [
    ["light", ""],
    ["dark", '{ runOnly: "color-contrast" }'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))");
    const { violations, incomplete } = resultsSchema.parse(await page.evaluate(`axe.run(${options})`));
    faults.push(...violations, ...(undecided ? incomplete.filter(({ id }) => id === "color-contrast") : []));
  }
  return faults;
}
