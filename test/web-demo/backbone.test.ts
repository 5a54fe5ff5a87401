import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { exportBackboneModel } from "../../export/export-backbone-model.ts";
import { openBackbone } from "../../features/backbone/open-backbone.ts";
import { proveBackboneModel } from "../../pipeline/backbones/prove-backbone.ts";
import { openReferenceScorer } from "../../pipeline/backbones/reference-scorer.ts";
import { createClassifier } from "../../runtime/node.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { buildTinyBackbone, tinyDimensions } from "../features/backbone/tiny-backbone.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { makeTone } from "./demo-models.ts";
import { dropFile, openDemo, readLogits, readParity } from "./demo-site.ts";
import { provideDemo } from "./provide-demo.ts";

const rateHz = 16_000;
/** One window: of longer sound the page shows a timeline. */
const tone = encodeWav(makeTone(1000, rateHz, 0.5), rateHz);

/** Windows of half a second, and the nearest of seven clips. */
async function buildBackboneModel(): Promise<Uint8Array> {
  const bytes = buildTinyBackbone({ windowSamples: 8000 });
  const backbone = await openBackbone(bytes, "tiny.onnx", { sampleRateHz: rateHz }, ort);
  const random = createRandom(8, "page");
  const columns = 2 * tinyDimensions;
  const values = Float64Array.from({ length: 7 * columns }, () => 3 * random.normal());
  const head = {
    weights: { rows: 7, columns, values },
    bias: new Float64Array(7),
    nearest: { labels: [0, 1, 2, 1, 0, 2, 1], classes: 3, count: 2 },
  };
  const loaded = { backbone, bytes, file: "tiny.onnx" };
  const metadata = { program: "test", metrics: {} };
  const model = exportBackboneModel(loaded, head, { labels: ["one", "two", "three"], metadata });
  const reference = await openReferenceScorer(loaded, head);
  const sounds = [{ name: "tone", samples: makeTone(1000, rateHz, 2) }];
  const proof = await proveBackboneModel(model, sounds, reference, ["cpu"]);
  await reference.dispose();
  return proof.bytes;
}

const model = await buildBackboneModel();

describeWithBrowser("a model with a backbone in the page", () => {
  const demo = provideDemo(model);

  it.each(["threads", "webgpu"])(
    "passes parity, and answers a dropped sound as Node does: %s",
    async (backend) => {
      const page = await demo.browser.newPage();
      await openDemo(page, demo.site.origin);
      await page.locator(`[value=${backend}]`).check({ force: true });
      expect(await readParity(page, backend)).toMatch(/^✓ Parity/);
      await dropFile(page, "tone.wav", tone);
      await page.locator("#kicker", { hasText: "tone.wav" }).waitFor();
      await page.locator(".stage:not([data-state=working])").waitFor();
      await page.locator("#bars li[title^=logit]").first().waitFor();
      const shown = await readLogits(page);
      await using classifier = await createClassifier(model);
      for (const { label, logit } of await classifier.classify(tone))
        expect(shown.get(label), label).toBeCloseTo(logit, 3);
      await page.close();
    },
  );
});
