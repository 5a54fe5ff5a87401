import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildPitchModel, makeTone, nameTone } from "./demo-models.ts";
import { collectComplaints, openDemo } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

/** Taken for 9400 Hz at 44.1 kHz, were it not resampled: 10,200 x 44,100 / 48,000 = 9371. */
const toneHz = 10_200;
const deviceRateHz = 48_000;

describeWithBrowser("the page at a microphone", () => {
  const demo = provideDemo(buildPitchModel(), async ({ folder }) => {
    const file = path.join(folder, "tone.wav");
    await writeFile(file, encodeWav(makeTone(toneHz, deviceRateHz, 10), deviceRateHz));
    return [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
      "--autoplay-policy=no-user-gesture-required",
      "--enable-blink-features=ForceEagerMeasureMemory", // immediately, not at the next garbage collection
    ];
  });

  /** A page whose audio context runs at the device's rate, whatever that of this machine is. */
  async function openPage(rateHz: number): Promise<Page> {
    const page = await demo.browser.newPage();
    await page.addInitScript(`const Plain = AudioContext;
      globalThis.AudioContext = class extends Plain { constructor() { super({ sampleRate: ${rateHz} }); } };`);
    await openDemo(page, demo.site.origin);
    return page;
  }

  it.each([44_100, deviceRateHz])(
    "shows the right class within 3 s of sound, device of %i Hz",
    async (rateHz) => {
      const page = await openPage(rateHz);
      const complaints = collectComplaints(page);
      await page.click("#microphone");
      await page.locator("#answer", { hasText: nameTone(toneHz) }).waitFor();
      const clock = await page.locator("#kicker").innerText();
      expect(Number(/0:([\d.]+)$/.exec(clock)?.[1]), clock).toBeLessThan(3);
      // The same once windows are full, and in the log of events.
      await page.locator("#detail", { hasText: "over the last 2 s" }).waitFor();
      expect(await page.locator("#answer").innerText()).toBe(nameTone(toneHz));
      await page.locator("#events li.open", { hasText: nameTone(toneHz) }).waitFor();
      await page.click("#microphone");
      await page.locator("#microphone", { hasText: "Use the microphone" }).waitFor();
      // What was recorded stays: classified as any other sound, to be played and saved.
      await page.locator("#kicker", { hasText: /^Recording \d/ }).waitFor();
      await page
        .locator("#events li", { hasText: nameTone(toneHz) })
        .first()
        .waitFor();
      await page.locator("#save-sound:enabled").waitFor();
      await page.locator(".stage:not([data-state=working])").waitFor();
      expect(await page.locator("#events li.open").count()).toBe(0);
      expect(Number(await page.locator("#seek").getAttribute("max"))).toBeGreaterThan(2);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("goes on listening while backends change, the last choice winning", async () => {
    const page = await openPage(deviceRateHz);
    await page.click("#microphone");
    await page.locator("#answer", { hasText: nameTone(toneHz) }).waitFor();
    for (const backend of ["single", "threads", "single", "threads", "single"])
      await page.locator(`[value=${backend}]`).check({ force: true });
    await page.locator("[value=single] ~ dl dd").first().filter({ hasText: "s" }).waitFor();
    await page.locator("#detail", { hasText: "over the last 2 s" }).waitFor();
    expect(await page.locator("#answer").innerText()).toBe(nameTone(toneHz));
    expect(await page.locator("[value=single]").isChecked()).toBe(true);
    expect(await page.locator(".toast").count()).toBe(0);
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(1);
    await page.close();
  });

  describe("over time", () => {
    const minutes = Number(process.env.EARSHOT_SOAK_MINUTES ?? 0.25);

    it(`keeps its memory over ${minutes} minutes`, { timeout: minutes * 60_000 + 300_000 }, async () => {
      const page = await openPage(deviceRateHz);
      // Chromium asks each thread for its memory, and waits a minute for those of WASM, which sleep.
      await page.locator("[value=single]").check({ force: true });
      await page.click("#microphone");
      await page.locator("#detail", { hasText: "over the last 2 s" }).waitFor();
      const before = await measureMegabytes(page);
      await page.waitForTimeout(minutes * 60_000);
      const after = await measureMegabytes(page);
      expect(await page.locator("#answer").innerText()).toBe(nameTone(toneHz));
      expect(after - before, `${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after`).toBeLessThan(4);
      await page.close();
    });
  });
});

/** What the page and its worker hold after a collection. */
async function measureMegabytes(page: Page): Promise<number> {
  const bytes = await page.evaluate(
    "performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)",
  );
  return Number(bytes) / 2 ** 20;
}
