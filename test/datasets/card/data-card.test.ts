import { readFileSync } from "node:fs";
import path from "node:path";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeDataCard } from "../../../datasets/card/data-card.ts";
import { drawMel, drawWaveform } from "../../../datasets/card/draw-clip.ts";
import { encodePng } from "../../../datasets/card/encode-png.ts";
import { html } from "../../../common/html.ts";
import { createFeatureCache } from "../../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../../datasets/feature-set.ts";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { makeNoiseWav, smallConfig } from "../sounds.ts";
import { makeFolder } from "../temporary-folder.ts";

const hostile = `<img src=x onerror=alert(1)>"'&`;

describe("writeDataCard", () => {
  it("writes one page that asks for nothing else and escapes every name", async () => {
    const names = [hostile, "dog"].flatMap((label) =>
      ["1", "2", "3"].map((take) => `${label}/${hostile}${take}.wav`),
    );
    const files = Object.fromEntries(names.map((name) => [name, makeNoiseWav(name, { seconds: 0.6 })]));
    const dataset = await readDataset(makeFolder({ ...files, [`dog/${hostile}.wav`]: "text" }));
    const cache = createFeatureCache({
      folder: makeFolder(),
      config: smallConfig,
      extractor: "meyda",
      threads: 0,
    });
    onTestFinished(() => cache.dispose());
    const file = path.join(makeFolder(), "data.html");
    await writeDataCard(file, dataset, await openFeatureSet(dataset, cache, { skipBadClips: true }));
    const page = readFileSync(file, "utf8");
    expect(page).not.toContain(hostile);
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
    expect(page).toContain("left out: ");
    expect(page.match(/data:image\/png;base64/g)).toHaveLength(6);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)|url\((?!"#)|@import|<script/);
    expect(page).toContain(
      `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;none&#39;; img-src data:; media-src data:"`,
    );
  });
});

it("html escapes any text, and keeps what is HTML", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { markup: page } = html`<b title="${text}">${html`<i>${text}</i>`}</b>`;
      expect(page.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, "")).not.toMatch(/&/);
      expect(page.match(/</g)).toHaveLength(4);
      expect(page.match(/"/g)).toHaveLength(2);
    }),
  );
});

it("encodePng writes rows and checksums as the standard has them", () => {
  const png = encodePng(Uint8Array.from([0, 1, 1, 0, 1, 1]), 3);
  expect(png.toString("latin1", 1, 4)).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
  const data = png.indexOf("IDAT") + 4;
  expect([...inflateSync(png.subarray(data, png.indexOf("IEND") - 8))]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  expect(png.subarray(-4).toString("hex")).toBe("ae426082"); // the CRC of every PNG's end
});

it("drawMel puts low bands at the bottom and survives silence and empty clips", () => {
  const values = new Float32Array(8 * 4).fill(0);
  for (let frame = 0; frame < 8; frame++) values[frame * 4] = 10; // band 0
  const png = drawMel({ values, frames: 8, bands: 4 }, 1);
  const rows = inflateSync(png.subarray(png.indexOf("IDAT") + 4, png.indexOf("IEND") - 8));
  const row = (index: number): number[] => [...rows.subarray(9 * index + 1, 9 * (index + 1))]; // after its filter byte
  expect(row(0)).toEqual(new Array(8).fill(0));
  expect(row(3)).toEqual(new Array(8).fill(255));
  for (const frames of [0, 1]) {
    expect(drawMel({ values: new Float32Array(frames * 4), frames, bands: 4 }).length).toBeGreaterThan(50);
  }
});

it("drawWaveform stays within its box, whatever the samples", () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, min: -2, max: 2 }), (samples) => {
      const points = drawWaveform(samples, 20).split(" ").filter(Boolean);
      for (const point of points) expect(Math.abs(Number(point.split(",")[1]))).toBeLessThanOrEqual(50);
    }),
  );
});
