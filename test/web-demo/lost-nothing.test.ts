import { mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBrowser } from "../../setup/browser/find-browser.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildPitchModel, makeTone, nameTone } from "./demo-models.ts";
import { openDemo } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 22_050;

/** Silence with six seconds of a tone now and then. */
function writeSound(
  minutes: number,
  tones: readonly (readonly [startSeconds: number, hz: number])[],
): Buffer {
  const samples = new Float32Array(minutes * 60 * rateHz);
  for (const [startSeconds, hz] of tones) samples.set(makeTone(hz, rateHz, 6), startSeconds * rateHz);
  return Buffer.from(encodeWav(samples, rateHz));
}

const writeTone = (hz: number) => Buffer.from(encodeWav(makeTone(hz, rateHz, 2), rateHz));

const corrections = [
  [30, 1000, "Kettle"],
  [120, 8000, "Door"],
  [240, 1000, "Kettle"],
  [360, 8000, "Door"],
  [480, 1000, "Kettle"],
] as const;
const tenMinutes = writeSound(
  10,
  corrections.map(([startSeconds, hz]) => [startSeconds, hz]),
);
const second = writeSound(1, [
  [10, 8000],
  [40, 1000],
]);

/** A browser with a profile of its own, as a user's is, which ends in the middle of the work. */
describeWithBrowser("a browser that is killed", () => {
  const demo = provideDemo(buildPitchModel());
  let profile: string;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    profile = await mkdtemp(path.join(tmpdir(), "earshot-profile-"));
    await writeFile(path.join(profile, "ten minutes.wav"), tenMinutes);
    await writeFile(path.join(profile, "second.wav"), second);
    await openBrowser();
  });

  afterAll(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });

  async function openBrowser(): Promise<void> {
    const executablePath = findBrowser();
    if (executablePath === undefined) throw new Error("expected a browser");
    context = await chromium.launchPersistentContext(profile, { executablePath, args: ["--no-sandbox"] });
    page = await context.newPage();
    await openDemo(page, demo.site.origin);
    page.setDefaultTimeout(90_000);
  }

  async function openSound(name: string, headline: string): Promise<void> {
    await page.locator("#file").setInputFiles(path.join(profile, name));
    await page.locator("#kicker", { hasText: name }).waitFor();
    await page.locator(".stage:not([data-state=working])").waitFor();
    await page.locator("#answer", { hasText: headline }).waitFor();
  }

  /** Of six seconds of sound there are three clips, or four where silence is found with it. */
  const countClips = async (name: string) => {
    const own = page.locator(".class", { has: page.locator(`[aria-label="Remove the class ${name}"]`) });
    return (await own.count()) === 0 ? 0 : parseInt(await own.locator(".count").innerText(), 10);
  };

  it("has five events of ten minutes corrected, and taught", async () => {
    await openSound("ten minutes.wav", "5 sounds in 10:00");
    for (const [index, [, hz, name]] of corrections.entries()) {
      const line = page.locator("#events li").nth(index);
      await line.locator(".label", { hasText: nameTone(hz) }).waitFor();
      // The first of a class is asked for its name; after that the class is offered.
      const isNew = corrections.findIndex((known) => known[2] === name) === index;
      if (isNew) page.once("dialog", (dialog) => void dialog.accept(name));
      await line.locator("select").focus(); // which lists the classes that there are by now
      await line.locator("select").selectOption(isNew ? "New class…" : name);
      await line.locator("option", { hasText: `✓ ${name}` }).waitFor({ state: "attached" });
      const taught = corrections.slice(0, index + 1).filter((known) => known[2] === name).length;
      await expect.poll(() => countClips(name), { timeout: 60_000 }).toBeGreaterThanOrEqual(3 * taught);
    }
    const total = (await countClips("Kettle")) + (await countClips("Door"));
    await page.locator("#teach-status", { hasText: `Trained on ${total} clips of 2 classes` }).waitFor();
    // The lines that one corrects stay, although a model was taught meanwhile.
    expect(await page.locator("#events .label").allInnerTexts()).toEqual(
      corrections.map(([, hz]) => nameTone(hz)),
    );
  });

  it("is killed, and has lost nothing: a second file is answered by what was taught", async () => {
    const counts = await page.locator(".class .count").allInnerTexts();
    const [, pid] = /-(\d+)$/.exec(await readlink(path.join(profile, "SingletonLock"))) ?? [];
    const gone = context.waitForEvent("close"); // closing it meanwhile is refused now and then
    process.kill(Number(pid), "SIGKILL");
    await gone;
    await openBrowser();
    await page.locator("#teach-status", { hasText: "the page answers by it now" }).waitFor();
    expect(await page.locator(".class .count").allInnerTexts()).toEqual(counts);
    await openSound("second.wav", "sounds in 1:00");
    expect(await page.locator("#events .label").allInnerTexts()).toEqual(["Door", "Kettle"]);
  });

  it("says that its storage is full, and teaches on", async () => {
    const session = await context.newCDPSession(page);
    const { origin } = demo.site;
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1000 });
    const before = await countClips("Door");
    const tone = { name: "door.wav", mimeType: "audio/wav", buffer: writeTone(8000) };
    const own = page.locator(".class", { has: page.locator('[aria-label="Remove the class Door"]') });
    await own.locator("input[type=file]").setInputFiles(tone);
    await page.locator(".toast", { hasText: "This browser's storage is full" }).first().waitFor();
    await expect.poll(() => countClips("Door"), { timeout: 60_000 }).toBe(before + 1);
  });
});
