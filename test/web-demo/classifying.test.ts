import { beforeAll, expect, it } from "vitest";
import { createClassifier } from "../../runtime/node.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildRandomCnn } from "./demo-models.ts";
import { collectComplaints, dropFile, openDemo, readLogits, readParity } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const model = buildRandomCnn();
const chirp = Float32Array.from({ length: 5 * 44_100 }, (_, index) => {
  const seconds = index / 44_100;
  return 0.4 * Math.sin(2 * Math.PI * (300 + 700 * seconds) * seconds) + 0.05 * Math.sin(index * index);
});
const clip = encodeWav(chirp, 44_100);

describeWithBrowser("the page, file to answer", () => {
  const demo = provideDemo(model);
  const expected = new Map<string, number>();

  beforeAll(async () => {
    await using classifier = await createClassifier(model);
    for (const { label, logit } of await classifier.classify(clip)) expected.set(label, logit);
  });

  it.each(["threads", "single", "webgpu"])(
    "answers a dropped file as Node does: %s",
    async (backend) => {
      const page = await demo.browser.newPage();
      const complaints = collectComplaints(page);
      await openDemo(page, demo.site.origin);
      await page.locator(`[value=${backend}]`).check({ force: true });
      const parity = await readParity(page, backend);
      expect(parity).toMatch(/^✓ Parity/);
      expect(Number(/[\d.e-]+$/.exec(parity)?.[0])).toBeLessThan(1e-4);
      await dropFile(page, "chirp.wav", clip);
      await page.locator("#kicker", { hasText: "chirp.wav" }).waitFor();
      await page.locator("#bars li[title^=logit]").first().waitFor();
      const logits = await readLogits(page);
      expect([...logits.keys()]).toEqual([...new Map([...expected].sort()).keys()]);
      for (const [label, logit] of logits)
        expect(Math.abs(logit - (expected.get(label) ?? NaN)), `${label} on ${backend}`).toBeLessThan(1e-4);
      expect(complaints).toEqual([]);
      await page.close();
    },
    300_000,
  );
});
