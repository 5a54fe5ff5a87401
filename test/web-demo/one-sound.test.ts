import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { projectFolder } from "../../setup/run-tool.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildTinyModel, createTinyMetadata, makeLevel } from "../runtime/tiny-model.ts";
import { buildPitchModel, makeTone, nameTone } from "./demo-models.ts";
import { dropFile, openDemo, readParity } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 44_100;
const tone = encodeWav(makeTone(1000, rateHz, 3), rateHz);
/** Two tones with silence between them, each in windows of its own. */
const long = encodeWav(
  Float32Array.from([
    ...makeTone(1000, rateHz, 6),
    ...new Float32Array(6 * rateHz),
    ...makeTone(8000, rateHz, 6),
  ]),
  rateHz,
);

/** Everything on the page speaks of one sound: the one that was opened last. One page for all, as a user has it. */
describeWithBrowser("the page and the sound that it shows", () => {
  const demo = provideDemo(buildPitchModel());
  let page: Page;

  beforeAll(async () => {
    page = await demo.browser.newPage({ viewport: { width: 360, height: 800 } });
    await openDemo(page, demo.site.origin);
    await readParity(page, "threads");
  });

  const readState = () => page.locator(".stage").getAttribute("data-state");
  const readText = (id: string) => page.locator(id).innerText();
  const readPercents = () => page.locator("#bars .percent").allInnerTexts();
  const waitForEnd = async (name: string) => {
    await page.locator("#kicker", { hasText: name }).waitFor();
    await page.locator(".stage:not([data-state=working])").waitFor();
  };

  it("answers, and clears all of it when the next file is refused", async () => {
    await dropFile(page, "tone.wav", tone);
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    await page.locator("#events li", { hasText: nameTone(1000) }).waitFor();
    await dropFile(page, "broken.wav", Buffer.from("no sound"));
    await page.locator(".stage[data-state=error]").waitFor();
    expect(await readText("#kicker")).toBe("broken.wav");
    expect(await readText("#answer")).toBe("No answer");
    expect(await page.locator("#events li").count()).toBe(0);
    expect(await page.locator("#play").isDisabled()).toBe(true);
    await expect.poll(readPercents).toEqual(Array(6).fill("0 %"));
  });

  it("keeps the badge, the model and its answer when another model is refused", async () => {
    await dropFile(page, "tone.wav", tone);
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    const badge = page.locator("[value=threads] ~ .badge");
    const before = await badge.innerText();
    await dropFile(page, "text.onnx", Buffer.from("no model at all"));
    await page.locator(".toast", { hasText: "This is not an ONNX model" }).waitFor();
    expect(await badge.innerText()).toBe(before);
    expect(await readText("#answer")).toBe(nameTone(1000));
  });

  it("fills the timeline of a long sound, sums it up, and lists each sound with its times", async () => {
    await dropFile(page, "two tones.wav", long);
    await waitForEnd("two tones.wav");
    expect(await readText("#answer")).toBe("2 sounds in 0:18");
    const lines = page.locator("#events li");
    expect(await lines.locator(".label").allInnerTexts()).toEqual([nameTone(1000), nameTone(8000)]);
    const spans = await lines.locator(".span").allInnerTexts();
    expect(spans[0]).toMatch(/^0:00\.0 – 0:0[5-7]/);
    expect(spans[1]).toMatch(/^0:1[12]\.\d – 0:18\.0$/);
    await page.locator("#threshold").fill("5"); // and more segments are found, between those that are listed
    await expect.poll(() => lines.count()).toBeGreaterThan(2);
    const starts = (await lines.locator(".span").allInnerTexts()).map((span) => span.split(" ")[0]);
    expect(starts).toEqual(starts.toSorted());
    await page.locator("#threshold").fill("50");
    await lines
      .nth(1)
      .locator(".label", { hasText: nameTone(8000) })
      .waitFor();
    await lines.nth(1).locator(".span").click();
    await page.locator("#play[aria-label=Pause]").waitFor();
    const findPosition = async () => Number(await page.locator("#seek").inputValue());
    await expect.poll(findPosition, { timeout: 30_000 }).toBeGreaterThan(10);
    await page.click("#play");
    const csv = page.waitForEvent("download");
    await page.click("#save-csv");
    expect(await readFile(await (await csv).path(), "utf8")).toMatch(
      /^startSeconds,endSeconds,label,confidence\r\n0\.0+,\d/,
    );
    await page.locator("#seek").fill("9");
    // Silence has no class. The bars are drawn with the next frame of the page.
    await expect.poll(readPercents).toEqual(Array(6).fill("0 %"));
  });

  it("can be cancelled, and then speaks of the part that was classified", async () => {
    // Pressed in the page, as soon as there is something of the sound: on a fast machine it is over within a click.
    const pressed: Promise<unknown> = page.evaluate(`(async () => {
      const isShown = (name) => document.getElementById(name).checkVisibility();
      const hasBegun = () => document.getElementById("detail").textContent.includes(" of 5:00.0");
      while (!(isShown("cancel") && hasBegun())) await new Promise(requestAnimationFrame);
      const wasShown = isShown("progress");
      document.getElementById("cancel").click();
      return wasShown;
    })()`);
    await dropFile(page, "minutes.wav", encodeWav(makeTone(1000, 8000, 300), 8000));
    expect(await pressed).toBe(true);
    await waitForEnd("minutes.wav");
    expect(await readText("#answer")).toBe(nameTone(1000));
    expect(await readText("#detail")).toMatch(/Cancelled after [0-4]:/);
  });

  it("calls digital silence silence", async () => {
    await dropFile(page, "silent.wav", encodeWav(new Float32Array(16_000), 8000));
    await waitForEnd("silent.wav");
    expect(await readText("#answer")).toBe("Silence");
    expect(await page.locator("#events li").count()).toBe(0);
    await expect.poll(readPercents).toEqual(Array(6).fill("0 %"));
  });

  it.each(["mono-aac.m4a", "mono-fragments.mp4", "mono-opus.webm"])(
    "answers for %s, by the browser's decoder where there is no free one",
    async (name) => {
      const file = path.join(projectFolder, "test/features/audio/files", name);
      await dropFile(page, name, await readFile(file));
      await waitForEnd(name);
      expect(["answer", "rejected"]).toContain(await readState());
    },
  );

  it("keeps a long name inside the stage, and marks that do not touch", async () => {
    await dropFile(page, `${"a very long name ".repeat(12)}.wav`, tone);
    await waitForEnd("a very long name");
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    const boxes = await Promise.all(
      (await page.locator("#frequencies li").all()).map((mark) => mark.boundingBox()),
    );
    const edges = boxes.map((box) => [box?.y ?? NaN, (box?.y ?? NaN) + (box?.height ?? NaN)] as const);
    edges.sort(([one], [other]) => one - other);
    for (const [index, [top]] of edges.entries())
      if (index > 0) expect(top).toBeGreaterThanOrEqual(edges[index - 1]?.[1] ?? NaN);
  });

  it("answers for the same sound when another model takes over", async () => {
    const loud = makeTone(1000, rateHz, 3).map((sample) => 1.9 * sample);
    await dropFile(page, "tone.wav", encodeWav(loud, rateHz));
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    await dropFile(page, "tiny.onnx", buildTinyModel());
    await page.locator("#events li .label", { hasText: "loud" }).first().waitFor();
    expect(await readText("#kicker")).toBe("tone.wav");
  });

  it("names all classes of a short sound that may have several", async () => {
    const model = buildTinyModel(createTinyMetadata({ format: 3, labelling: "several" }));
    await dropFile(page, "several.onnx", model);
    await dropFile(page, "soft.wav", encodeWav(makeLevel(0.05, 4000), 8000));
    await page.locator("#answer", { hasText: "quiet + middle, ü" }).waitFor();
    const labels = page.locator("#events li .label");
    await expect.poll(async () => (await labels.allInnerTexts()).toSorted()).toEqual(["middle, ü", "quiet"]);
    await expect.poll(readPercents).toEqual(["82 %", "73 %", "18 %"]); // which do not sum to 100
  });
});
