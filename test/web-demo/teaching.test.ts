import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { readDataset } from "../../datasets/read-dataset.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { createClassifier } from "../../runtime/node.ts";
import { createRandom } from "../../common/random.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { askPython, oracleSkipReason } from "../python/oracle.ts";
import { toNpy } from "../python/npy.ts";
import { buildRandomCnn, makeTone } from "./demo-models.ts";
import { collectComplaints, dropFile, openDemo, readLogits } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 44_100;
const random = createRandom(11, "teaching test");
const makeNoise = () => Float32Array.from({ length: 2 * rateHz }, () => 0.1 * random.normal());
const toFile = (name: string, samples: Float32Array) => ({
  name,
  mimeType: "audio/wav",
  buffer: Buffer.from(encodeWav(samples, rateHz)),
});
const noises = [1, 2, 3].map((take) => toFile(`noise ${take}.wav`, makeNoise()));
const whistles = [950, 1000, 1050].map((hz) => toFile(`whistle ${hz}.wav`, makeTone(hz, rateHz, 2)));
const unknown = makeTone(1020, rateHz, 2);

/** One page, as a user has it: taught, used, saved, reloaded. */
describeWithBrowser("teaching in the page", () => {
  const demo = provideDemo(buildRandomCnn(), async ({ folder }) => {
    const file = path.join(folder, "tone.wav");
    await writeFile(file, encodeWav(makeTone(1000, 48_000, 10), 48_000));
    return [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
    ];
  });
  let page: Page;
  let complaints: string[];
  let archive: Buffer;
  let firstTaught: Buffer;

  beforeAll(async () => {
    const context = await demo.browser.newContext();
    page = await context.newPage();
    complaints = collectComplaints(page);
    await openDemo(page, demo.site.origin);
    page.setDefaultTimeout(90_000);
  });

  const classAt = (place: number) => page.locator(".class").nth(place);
  const waitForClips = (clips: number) =>
    page.locator("#teach-status", { hasText: `Trained on ${clips} clips of 2 classes` }).waitFor();

  it("trains two classes of three files each, and answers by them at once", async () => {
    await page.click("#teach-start:enabled");
    await classAt(1).locator("input:not([type=file])").fill("Whistle");
    await classAt(1).locator("input:not([type=file])").press("Tab");
    await classAt(0).locator("input[type=file]").setInputFiles(noises);
    await classAt(1).locator("input[type=file]").setInputFiles(whistles);
    await waitForClips(6);
    expect(await page.locator("#teach-status").innerText()).toContain("names 6 of 6 correctly");
    await dropFile(page, "unknown.wav", encodeWav(unknown, rateHz));
    await page.locator("#kicker", { hasText: "unknown.wav" }).waitFor();
    await page.locator("#answer", { hasText: "Whistle" }).waitFor();
    expect(await page.locator("#knows").innerText()).toBe("Knows 1 sound: Whistle.");
  });

  it("shows background as the answer, but lists no sound of it", async () => {
    await dropFile(page, "room.wav", encodeWav(makeNoise(), rateHz));
    await page.locator("#kicker", { hasText: "room.wav" }).waitFor();
    await page.locator(".stage[data-state=rejected] #answer", { hasText: "Background" }).waitFor();
    expect(await page.locator("#events li button").count()).toBe(0);
    await dropFile(page, "unknown.wav", encodeWav(unknown, rateHz));
    await page.locator("#answer", { hasText: "Whistle" }).waitFor();
  });

  it("gives out a model that answers the same in Node and in Python", async () => {
    const download = page.waitForEvent("download");
    await page.getByText("Download model.onnx").click();
    const bytes = await readFile(await (await download).path());
    firstTaught = bytes;
    const shown = await readLogits(page);
    await using classifier = await createClassifier(bytes);
    expect(classifier.info.verified).toBe(true);
    expect(classifier.info.background).toEqual(["Background"]);
    const room = await classifier.classify(encodeWav(makeNoise(), rateHz));
    expect([room[0].label, room.best]).toEqual(["Background", undefined]);
    // Calibrated: the page names classes from the thresholds that the file has, and so does Node.
    const { thresholds } = classifier.info;
    expect(thresholds?.classes).toHaveLength(2);
    const least = `${Math.round(100 * (thresholds?.rejection ?? NaN))} %`;
    await page.locator("#threshold-figure", { hasText: new RegExp(`^${least}.*, the model's$`) }).waitFor();
    const { samples } = await decodeAudio(encodeWav(unknown, rateHz), "unknown.wav");
    const answer = await classifier.classify(encodeWav(unknown, rateHz));
    for (const { label, logit } of answer)
      expect(Math.abs(logit - (shown.get(label) ?? NaN)), label).toBeLessThan(1e-4);
    if (oracleSkipReason !== undefined) return;
    const script = `
import onnxruntime
session = onnxruntime.InferenceSession(arrays["model"].tobytes())
outputs["logits"] = session.run(["logits"], {"samples": arrays["samples"]})[0]
`;
    const inputs = { model: toNpy(bytes), samples: toNpy(samples, [1, samples.length]) };
    const { logits } = await askPython(script, inputs);
    for (const { index, logit } of answer)
      expect(Math.abs(logit - Number(logits?.data[index])), "Python").toBeLessThan(1e-4);
  });

  it("records while a button is held", async () => {
    const hold = classAt(1).locator(".hold");
    await hold.focus();
    await page.keyboard.down("Enter"); // opens the microphone
    await page.locator(".hold.recording").waitFor();
    await page.waitForTimeout(1500);
    await page.keyboard.up("Enter");
    await classAt(1).locator(".count", { hasText: "4 clips" }).waitFor();
    await waitForClips(7);
  });

  it("learns from a line of the log that is corrected", async () => {
    await dropFile(page, "door.wav", encodeWav(makeTone(3000, rateHz, 2), rateHz));
    await page.locator("#kicker", { hasText: "door.wav" }).waitFor();
    // Lines of a sound that is still classified may go: what is chosen in them is lost.
    await page.locator(".stage:not([data-state=working])").waitFor();
    await page.locator("#threshold").fill("5");
    await page.locator("#events li select:enabled").first().selectOption("Background");
    await classAt(0).locator(".count", { hasText: "4 clips" }).waitFor();
    await waitForClips(8);
  });

  it("trims a clip by keys, and keeps the whole beside it", async () => {
    const clip = classAt(1).locator(".clips li").first();
    await clip.locator(".link").press("Enter");
    const dialog = page.locator("dialog.trim");
    await dialog.getByLabel("End").press("Home"); // as far as the shortest part
    await dialog.getByLabel("End").press("ArrowRight");
    expect(await dialog.locator(".note").innerText()).toBe("0.00 s to 0.35 s of 2.00 s");
    await dialog.getByText("Keep this part").press("Enter");
    await clip.locator(".thumbnail[aria-label$='0.3 s'], .thumbnail[aria-label$='0.4 s']").waitFor();
    await waitForClips(8);
    await clip.locator(".link").press("Enter");
    expect(await dialog.locator(".note").innerText()).toBe("0.00 s to 0.35 s of 2.00 s");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  it("saves an archive that training takes", async () => {
    const download = page.waitForEvent("download");
    await page.getByText("Save clips.zip").click();
    const folder = path.join(demo.site.folder, "clips");
    archive = await readFile(await (await download).path());
    const files = unzipSync(new Uint8Array(archive));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
    }
    const { clips } = await readDataset(folder);
    expect(clips.map(({ label }) => label).sort()).toEqual(
      [...Array<string>(4).fill("Background"), ...Array<string>(4).fill("Whistle")].sort(),
    );
  });

  it("has lost nothing after a reload", async () => {
    await page.reload();
    await waitForClips(8);
    expect(await page.locator(".class .count").allInnerTexts()).toEqual(["4 clips", "4 clips"]);
    expect(await page.locator(".clips .link", { hasText: "Trimmed" }).count()).toBe(1);
    await page.locator("#knows", { hasText: "Knows 1 sound: Whistle" }).waitFor();
    await page.locator(".clips .remove").first().click();
    await waitForClips(7);
  });

  it("opens its archive again", async () => {
    await dropFile(page, "clips.zip", archive);
    await waitForClips(15);
    expect(await page.locator(".class .count").allInnerTexts()).toEqual(["7 clips", "8 clips"]);
    expect(complaints).toEqual([]);
  });

  it("teaches on another model that is dropped, by the embedding of that", async () => {
    await dropFile(page, "other.onnx", buildRandomCnn(6));
    await page.locator("#model-line", { hasText: "Model other" }).waitFor();
    await page.locator("#teach-status", { hasText: "it answers by the button above" }).waitFor();
    await page.click("#teach-switch");
    await page.locator("#knows", { hasText: "Knows 1 sound: Whistle" }).waitFor();
    await dropFile(page, "unknown.wav", encodeWav(unknown, rateHz));
    await page.locator("#answer", { hasText: "Whistle" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByText("Download model.onnx").click();
    const taught = await readFile(await (await download).path());
    const shown = await readLogits(page);
    await using classifier = await createClassifier(taught);
    for (const { label, logit } of await classifier.classify(encodeWav(unknown, rateHz)))
      expect(Math.abs(logit - (shown.get(label) ?? NaN)), label).toBeLessThan(1e-4);
    await using before = await createClassifier(firstTaught);
    const [own, other] = await Promise.all(
      [classifier, before].map((model) => model.embed(encodeWav(unknown, rateHz))),
    );
    expect(own).not.toEqual(other);
    expect(complaints).toEqual([]);
  });
});
