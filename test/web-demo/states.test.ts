import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { buildTinyModel, createTinyMetadata, failedParity, makeLevel } from "../runtime/tiny-model.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildPitchModel, makeTone, nameTone, tonesHz } from "./demo-models.ts";
import { dropFile, openDemo, readParity } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const tone = makeTone(1000, 44_100, 3);
const clip = encodeWav(tone, 44_100);
const loudClip = encodeWav(
  tone.map((sample) => 1.9 * sample),
  44_100,
);

function changeTinyModel(changes: object): Uint8Array {
  return buildTinyModel({ ...createTinyMetadata(), ...changes });
}

describeWithBrowser("the page when something is missing", () => {
  const demo = provideDemo(buildPitchModel());

  async function openPage(origin = demo.site.origin, initScript = ""): Promise<Page> {
    const page = await demo.browser.newPage();
    await page.addInitScript(initScript);
    await openDemo(page, origin);
    return page;
  }

  it("says that there is no microphone", async () => {
    const page = await openPage();
    await page.click("#microphone");
    await page.locator(".toast", { hasText: "No microphone found" }).waitFor();
    expect(await page.locator("#microphone").isEnabled()).toBe(true);
    await page.close();
  });

  it("says that the microphone is not allowed, and goes on with files", async () => {
    const denying = await launchBrowser(["--use-fake-device-for-media-stream"]);
    const page = await denying.newPage(); // headless Chromium denies what no one allows
    await openDemo(page, demo.site.origin);
    await page.click("#microphone");
    await page.locator(".toast", { hasText: "The microphone is not allowed" }).waitFor();
    await dropFile(page, "tone.wav", clip);
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    expect(await page.locator(".toast").count()).toBe(0);
    await denying.close();
  });

  it("computes on one thread where the host does not isolate, says so, and is isolated after a reload", async () => {
    const page = await openPage(demo.site.plainOrigin);
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    expect(await page.locator("[value=threads]").isDisabled()).toBe(true);
    expect(await page.locator("[value=threads] ~ .obstacle").innerText()).toContain("shared memory");
    expect(await readParity(page, "single")).toMatch(/^✓ Parity/);
    await page.locator("#offline-line", { hasText: "Kept on this device" }).waitFor();
    await page.reload();
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(await readParity(page, "threads")).toMatch(/^✓ Parity/);
    await page.close();
  });

  it("works offline after the first visit", async () => {
    const context = await demo.browser.newContext();
    const page = await context.newPage();
    await openDemo(page, demo.site.origin);
    await page.locator("#offline-line", { hasText: "Kept on this device" }).waitFor();
    await context.setOffline(true);
    await page.reload();
    await dropFile(page, "tone.wav", clip);
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    await page.locator("#offline-line", { hasText: "Offline" }).waitFor();
    await context.close();
  });

  it("offers no WebGPU where there is none", async () => {
    const page = await openPage(demo.site.origin, "delete Navigator.prototype.gpu");
    await page.locator("[value=webgpu]:disabled").waitFor({ state: "attached" });
    expect(await page.locator("[value=webgpu] ~ .obstacle").innerText()).toBe("This browser has no WebGPU.");
    await page.close();
  });

  it("refuses what it cannot use, clearly, and keeps the model that it has", async () => {
    const page = await openPage();
    for (const [name, content, title] of [
      ["text.wav", Buffer.from("no sound at all"), "This sound cannot be decoded"],
      ["long.wav", encodeWav(new Float32Array(31 * 60 * 1000), 1000), "longer than thirty minutes"],
      ["text.onnx", Buffer.from("no model at all"), "This is not an ONNX model"],
      ["plain.onnx", buildTinyModel(null), "This model was not exported by earshot"],
      ["new.onnx", changeTinyModel({ format: 99 }), "This model is newer than the page"],
      ["other.onnx", changeTinyModel({ featureHash: "0" }), "This model needs other features"],
      ["unproven.onnx", changeTinyModel({ parity: [] }), "has not passed the parity test"],
      ["failed.onnx", changeTinyModel({ parity: [failedParity] }), "failed the parity test"],
    ] as const) {
      await dropFile(page, name, content);
      const toast = page.locator(".toast", { hasText: title });
      await toast.locator(".exact", { hasText: name }).waitFor();
    }
    await dropFile(page, "tone.wav", clip);
    await page.locator("#answer", { hasText: nameTone(1000) }).waitFor();
    expect(await page.locator(".toast").count()).toBe(0);
    await page.close();
  });

  it("takes a model of one's own", async () => {
    const page = await openPage();
    await dropFile(page, "tiny.onnx", buildTinyModel());
    await page.locator("#model-line", { hasText: "tiny.onnx" }).waitFor();
    expect(await readParity(page, "threads")).toBe("No reference logits");
    expect(await page.locator(".stage").getAttribute("data-state")).toBe("empty");
    expect(await page.locator("#knows").innerText()).toBe("Knows 3 sounds: quiet, middle, ü, loud.");
    await dropFile(page, "tone.wav", loudClip);
    await page.locator("#answer", { hasText: "loud" }).waitFor();
    await page.close();
  });

  it("names a class from the model's own thresholds on, until one is set by hand", async () => {
    const page = await openPage();
    const thresholds = { goal: "precision 0.95", rejection: 0.9, classes: [0.9, 0.9, 1] };
    await dropFile(page, "strict.onnx", changeTinyModel({ thresholds }));
    await page.locator("#model-line", { hasText: "strict.onnx" }).waitFor();
    expect(await page.locator("#threshold-figure").innerText()).toBe("90 % to 100 %, the model's");
    await dropFile(page, "loud.wav", encodeWav(makeLevel(0.4, 8000), 8000));
    await page.locator(".stage[data-state=rejected] #answer", { hasText: "Not sure" }).waitFor();
    expect(await page.locator("#events li").count()).toBe(0);
    await page.locator("#threshold").fill("60");
    await page.locator(".stage[data-state=answer] #answer", { hasText: "loud" }).waitFor();
    expect(await page.locator("#threshold-figure").innerText()).toBe("60 %");
    await page.close();
  });

  it("says how it works when asked, of the model that it has by then", async () => {
    const page = await openPage();
    const firstCell = page.locator("#how tbody th").first();
    expect(await firstCell.count()).toBe(0);
    await page.click("#how summary");
    await page.locator("#how .steps li", { hasText: "Log-mel spectrogram" }).waitFor();
    expect(await page.locator("#how .steps li").count()).toBe(4);
    expect(await page.locator("#how .steps rect").count()).toBeGreaterThanOrEqual(tonesHz.length);
    await page.click("#how .all-layers summary");
    await firstCell.waitFor();
    expect(await page.locator("#how").innerText()).toContain(`${tonesHz.length} probabilities`);
    await dropFile(page, "tiny.onnx", buildTinyModel());
    await page
      .locator("#how p", { hasText: `${createTinyMetadata().labels.length} probabilities` })
      .waitFor();
    await page.close();
  });
});
