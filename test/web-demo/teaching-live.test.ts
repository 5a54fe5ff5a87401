import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { pretrainedPath } from "../../pipeline/default-model.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { makeTone } from "./demo-models.ts";
import { collectComplaints, openDemo } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 48_000;
const random = createRandom(12, "teaching at the microphone");
const room = encodeWav(
  Float32Array.from({ length: 10 * rateHz }, () => 0.1 * random.normal()),
  rateHz,
);
/** The model in the box: of one that was never trained, embeddings of short clips say nothing of longer sound. */
const base = await readFile(pretrainedPath);
const whistle = encodeWav(makeTone(1000, rateHz, 10), rateHz);

/** Two classes are recorded at the microphone; then the page classifies what the microphone gives by them. */
describeWithBrowser("teaching at the microphone", () => {
  let microphoneFile = "";
  const demo = provideDemo(base, async ({ folder }) => {
    microphoneFile = path.join(folder, "microphone.wav");
    await writeFile(microphoneFile, room);
    return [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphoneFile}`,
    ];
  });
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    page = await demo.browser.newPage();
    complaints = collectComplaints(page);
    await openDemo(page, demo.site.origin);
    page.setDefaultTimeout(90_000);
  });

  const classAt = (place: number) => page.locator(".class").nth(place);

  async function record(place: number, clips: number): Promise<void> {
    for (let clip = 1; clip <= clips; clip++) {
      await classAt(place).locator(".hold").focus();
      await page.keyboard.down("Enter");
      await page.locator(".hold.recording").waitFor();
      await page.waitForTimeout(1200);
      await page.keyboard.up("Enter");
      await classAt(place)
        .locator(".count", { hasText: clip === 1 ? "1 clip" : `${clip} clips` })
        .waitFor();
    }
  }

  /** Each time that the microphone opens, the browser reads its file anew. */
  async function listen(sound: Uint8Array): Promise<void> {
    await writeFile(microphoneFile, sound);
    await page.click("#microphone:enabled");
  }

  it("answers live by two classes that were recorded", async () => {
    await page.click("#teach-start:enabled");
    await classAt(1).locator("input:not([type=file])").fill("Whistle");
    await classAt(1).locator("input:not([type=file])").press("Tab");
    await record(0, 2);
    await page.reload(); // the microphone closes, and the classes stay
    await writeFile(microphoneFile, whistle);
    await record(1, 2);
    await page.locator("#teach-status", { hasText: "Trained on 4 clips of 2 classes" }).waitFor();

    await listen(whistle);
    await page.locator(".stage[data-state=listening] #answer", { hasText: "Whistle" }).waitFor();
    await page.locator("#events li", { hasText: "Whistle" }).first().waitFor();
    await page.click("#microphone");
    await page.locator("#kicker", { hasText: /^Recording \d/ }).waitFor();

    await listen(room);
    await page.locator(".stage[data-state=listening] #answer", { hasText: "Background" }).waitFor();
    await page.locator("#detail", { hasText: "over the last" }).waitFor();
    expect(await page.locator("#events li").allInnerTexts()).toEqual([]);
    await page.click("#microphone");
    expect(complaints).toEqual([]);
  });
});
