import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildPitchModel, makeTone, nameTone } from "./demo-models.ts";
import { collectComplaints, dropFile, openDemo } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 44_100;
const toneSeconds = 6;
/** One tone, then another, long enough for windows that hold one alone. */
const clip = encodeWav(
  Float32Array.from([...makeTone(1000, rateHz, toneSeconds), ...makeTone(8000, rateHz, toneSeconds)]),
  rateHz,
);

/** Runs in the page: how many animation frames its code asks for in half a second. */
const countFrames = `new Promise((resolve) => {
  const { requestAnimationFrame } = globalThis;
  let asked = 0;
  globalThis.requestAnimationFrame = (callback) => (asked++, requestAnimationFrame(callback));
  setTimeout(() => {
    globalThis.requestAnimationFrame = requestAnimationFrame;
    resolve(asked);
  }, 500);
})`;

describeWithBrowser("replay", () => {
  const demo = provideDemo(buildPitchModel());

  /** A clip that has begun to play, as what is dropped does, and was paused. */
  async function openClip(width: number): Promise<Page> {
    const page = await demo.browser.newPage({ viewport: { width, height: 900 } });
    await openDemo(page, demo.site.origin);
    await dropFile(page, "tones.wav", clip);
    await page.locator("#play[aria-label=Pause]").waitFor();
    await page.click("#play");
    await page.locator("#play[aria-label=Play]").waitFor();
    return page;
  }

  it.each([360, 1280])("seeks where its pictures are clicked, %i px wide", async (width) => {
    const page = await openClip(width);
    for (const picture of ["#timeline", "#spectrogram"])
      for (const [fraction, hz] of [
        [0.9, 8000],
        [0.2, 1000],
      ] as const) {
        await page.locator(picture).scrollIntoViewIfNeeded();
        const box = await page.locator(picture).boundingBox();
        const position = { x: fraction * (box?.width ?? NaN), y: 0.5 * (box?.height ?? NaN) };
        await page.mouse.click((box?.x ?? NaN) + position.x, (box?.y ?? NaN) + position.y);
        const findError = async () =>
          Math.abs(Number(await page.locator("#seek").inputValue()) - fraction * 2 * toneSeconds);
        await expect
          .poll(findError, { message: `${picture}, ${fraction}`, timeout: 60_000 })
          .toBeLessThan(0.15); // in steps of 0.1
        await page.locator("#bars li.top", { hasText: nameTone(hz) }).waitFor();
        const cursor = await page.locator("#timeline-cursor").boundingBox();
        const place = (cursor?.x ?? NaN) + 1 - (box?.x ?? NaN);
        expect(Math.abs(place - position.x), `cursor at ${place} px`).toBeLessThan(3);
      }
    await page.close();
  });

  it("plays from the cursor, which moves and takes the bars along, to the end", async () => {
    const page = await openClip(1280);
    const complaints = collectComplaints(page);
    await page.locator("#seek").fill(String(toneSeconds - 2));
    await page.locator("#bars li.top", { hasText: nameTone(1000) }).waitFor();
    const start = await page.locator("#timeline-cursor").boundingBox();
    await page.click("#play");
    await page.locator("#play[aria-label=Pause]").waitFor();
    await page.locator("#bars li.top", { hasText: nameTone(8000) }).waitFor();
    const later = await page.locator("#timeline-cursor").boundingBox();
    expect(later?.x).toBeGreaterThan(start?.x ?? NaN);
    await page.locator("#play[aria-label=Play]").waitFor();
    expect(await page.locator("#clock").innerText()).toBe("0:12.0 / 0:12.0");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("stands still while it is paused: the bars as long as they say, and no frame is asked for", async () => {
    const page = await openClip(1280);
    const paused = await page.locator("#seek").inputValue();
    await page.waitForTimeout(500);
    expect(await page.evaluate(countFrames)).toBe(0);
    expect(await page.locator("#seek").inputValue()).toBe(paused);
    const bars = await page.locator("#bars li").all();
    expect(bars.length).toBeGreaterThan(1);
    for (const bar of bars) {
      const [fill, track] = await Promise.all(
        [".fill", ".track"].map((part) => bar.locator(part).boundingBox()),
      );
      const percent = parseFloat(await bar.locator(".percent").innerText());
      const lengthPercent = (100 * (fill?.width ?? NaN)) / (track?.width ?? NaN);
      expect(Math.abs(lengthPercent - percent)).toBeLessThan(1);
    }
    await page.close();
  });
});
