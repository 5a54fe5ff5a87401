import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../features/decode.ts";
import { decodePieces } from "../../runtime/decode-pieces.ts";
import { formatAudacity, formatCsv, formatJson } from "../../runtime/format-events.ts";
import { createClassifier } from "../../runtime/node.ts";
import { SlidingWindow } from "../../runtime/slide-window.ts";
import type { TimelineEntry } from "../../runtime/score-timeline.ts";
import { EventTracker } from "../../runtime/track-events.ts";
import { collect } from "./collect.ts";
import { buildTinyModel, computeTinyLogits, makeLevel } from "./tiny-model.ts";
import { encodeWav } from "./wav.ts";

const sampleRateHz = 8000;

describe("SlidingWindow", () => {
  const sizes = fc.record({
    window: fc.integer({ min: 1, max: 20 }),
    hop: fc.integer({ min: 1, max: 20 }),
    blocks: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
  });

  it("gives what slicing the whole sound gives, however it is cut", () => {
    fc.assert(
      fc.property(
        sizes.filter(({ window, hop }) => hop <= window),
        ({ window, hop, blocks }) => {
          const sliding = new SlidingWindow(window, hop);
          const total = blocks.reduce((sum, block) => sum + block, 0);
          const sound = Float32Array.from({ length: total }, (_, index) => index + 1);
          const windows: { start: number; samples: number[] }[] = [];
          let offset = 0;
          for (const block of blocks) {
            for (const { startSamples, samples } of sliding.push(sound.subarray(offset, offset + block)))
              windows.push({ start: startSamples, samples: [...samples] });
            offset += block;
          }
          const expected = [];
          for (let start = 0; start + window <= total; start += hop)
            expected.push({ start, samples: [...sound.subarray(start, start + window)] });
          expect(windows).toEqual(expected);
          const end = sliding.takeEnd();
          expect(sliding.receivedSamples).toBe(total);
          expect(end?.samples).toEqual(total === 0 ? undefined : sound.slice(-window));
          expect(end?.startSamples).toBe(total === 0 ? undefined : Math.max(0, total - window));
        },
      ),
    );
  });
});

describe("classifyLong", () => {
  it("tiles the sound without gap or overlap, and hears each part", async () => {
    await using ears = await createClassifier(buildTinyModel());
    const samples = new Float32Array(16_000); // 2 s; windows of 0.5 s every 0.256 s: 16 hops of the features
    samples.set(makeLevel(0.5, 8000), 8000);
    const entries = await collect(ears.classifyLong({ samples, sampleRateHz }, { hopSeconds: 0.25 }));
    expect(entries.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 0.378],
      [0.378, 0.634],
      [0.634, 0.89],
      [0.89, 1.146],
      [1.146, 1.402],
      [1.402, 1.658],
      [1.658, 2],
    ]);
    expect(entries.map(({ label }) => label)).toEqual([
      ...["quiet", "quiet", "quiet", "middle, ü"], // half loud: logits -0.5, 1, 0.5
      ...["loud", "loud", "loud"],
    ]);
    const powers = computeTinyLogits(0.5).map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [index, power] of powers.entries())
      expect(entries[6]?.probabilities[index]).toBeCloseTo(power / sum, 5);
  });

  it("hears a sound shorter than a window as classify does, and nothing in nothing", async () => {
    await using ears = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 1000);
    const [entry, ...others] = await collect(ears.classifyLong({ samples, sampleRateHz }));
    const [best] = await ears.classify({ samples, sampleRateHz });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ startSeconds: 0, endSeconds: 0.125, label: best.label });
    expect(entry?.confidence).toBeCloseTo(best.probability, 6);
  });

  it("hears the same in a file, piece by piece, as in its samples", async () => {
    await using ears = await createClassifier(buildTinyModel());
    const samples = Float32Array.from({ length: 50_000 }, (_, index) => Math.sin(index ** 1.5 / 1e3) / 2);
    const wav = encodeWav(samples, 11_025);
    const fromFile = await collect(ears.classifyLong(new Blob([new Uint8Array(wav)])));
    const fromSamples = await collect(ears.classifyLong(wav));
    expect(fromFile).toEqual(fromSamples);
    expect(fromFile.at(-1)?.endSeconds).toBeCloseTo(50_000 / 11_025, 3);
  });

  it.each([0, -1, 0.6, NaN])("refuses a hop of %d s", async (hopSeconds) => {
    await using ears = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 8000);
    await expect(collect(ears.classifyLong({ samples, sampleRateHz }, { hopSeconds }))).rejects.toMatchObject(
      {
        code: "bad-option",
      },
    );
    expect(() => ears.findEvents({ samples, sampleRateHz }, { hopSeconds })).toThrow("hopSeconds: expected");
  });

  it("stops at an abort, and at dispose", async () => {
    const ears = await createClassifier(buildTinyModel());
    const samples = makeLevel(0.5, 800_000);
    const controller = new AbortController();
    const heard = ears.classifyLong({ samples, sampleRateHz }, { signal: controller.signal });
    await heard.next();
    controller.abort(new Error("enough"));
    await expect(collect(heard)).rejects.toThrow("enough");
    const other = ears.classifyLong({ samples, sampleRateHz });
    await other.next();
    await ears.dispose();
    await expect(collect(other)).rejects.toMatchObject({ code: "disposed" });
  });
});

describe("decodePieces", () => {
  const samples = makeLevel(0.5, 40_000);
  const wav = encodeWav(samples, sampleRateHz);
  const toPieces = (bytes: Uint8Array, size: number) => ({
    name: "a.wav",
    // eslint-disable-next-line @typescript-eslint/require-await -- as files give theirs
    pieces: (async function* () {
      for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
    })(),
  });

  it.each([1, 7, 65_536, 1_000_000])("decodes pieces of %i bytes to the same samples", async (size) => {
    const { sampleRateHz: rate, blocks } = await decodePieces(toPieces(wav, size));
    expect(rate).toBe(sampleRateHz);
    const decoded = (await collect(blocks)).flatMap((block) => [...block]);
    expect(decoded).toHaveLength(samples.length);
    expect(decoded.every((value, index) => Math.abs(value - (samples[index] ?? NaN)) < 1e-4)).toBe(true);
  });

  it.each([
    "mono.flac",
    "mono.mp3",
    "mono.ogg",
    "mono.opus",
    "stereo.flac",
    "stereo.mp3",
    "stereo.ogg",
    "stereo.opus",
  ])("decodes %s as decodeAudio does", async (name) => {
    const bytes = readFileSync(join(import.meta.dirname, "../features/audio", name));
    const whole = await decodeAudio(bytes, name);
    const pieces = await decodePieces(toPieces(bytes, 1000));
    expect(pieces.sampleRateHz).toBe(whole.sampleRateHz);
    const decoded = (await collect(pieces.blocks)).flatMap((block) => [...block]);
    expect(decoded).toHaveLength(whole.samples.length);
    const worst = decoded.reduce(
      (largest, value, index) => Math.max(largest, Math.abs(value - (whole.samples[index] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });

  it("steps over chunks of odd length before the sound", async () => {
    const list = Buffer.from("LIST\x03\x00\x00\x00abc\x00", "latin1");
    const withList = Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]);
    const { blocks } = await decodePieces(toPieces(withList, 5000));
    expect((await collect(blocks)).flatMap((block) => [...block])).toHaveLength(samples.length);
  });

  it.each([
    ["nothing", new Uint8Array(), "expected audio, got an empty file"],
    ["text", new TextEncoder().encode("no sound"), "got other data"],
    ["no sound", encodeWav(new Float32Array(), sampleRateHz), "expected sound, got none"],
    ["half a file", wav.subarray(0, 70_000), "expected 80000 bytes of sound, got 69956: the file is cut off"],
  ])("refuses %s", async (_, bytes, text) => {
    const listen = async () => collect((await decodePieces(toPieces(bytes, 4096))).blocks);
    await expect(listen()).rejects.toMatchObject({ code: "bad-audio" });
    await expect(listen()).rejects.toThrow(`a.wav: ${text.startsWith("got") ? "expected WAV" : text}`);
  });
});

describe("EventTracker", () => {
  const toEntries = (probabilities: readonly number[]): TimelineEntry[] =>
    probabilities.map((probability, index) => ({
      startSeconds: index,
      endSeconds: index + 1,
      label: "a",
      confidence: probability,
      probabilities: Float64Array.of(probability, 1 - probability),
    }));
  const track = (probabilities: readonly number[], options = {}) => {
    const tracker = new EventTracker(["a", "b"], 1, { thresholds: { a: 0.6, b: 1 }, ...options });
    return [...toEntries(probabilities).flatMap((entry) => tracker.push(entry)), ...tracker.flush()];
  };

  it("begins at the threshold and ends below its release", () => {
    expect(track([0.5, 0.6, 0.5, 0.49, 0.47, 0.9])).toEqual([
      {
        label: "a",
        startSeconds: 1,
        endSeconds: 4,
        confidence: (0.6 + 0.5 + 0.49) / 3,
      },
      { label: "a", startSeconds: 5, endSeconds: 6, confidence: 0.9 },
    ]);
    expect(track([0.5, 0.6, 0.5, 0.9], { releaseShare: 1 })).toHaveLength(2);
  });

  it("drops events shorter than the minimum", () => {
    expect(track([0.9, 0, 0.9, 0.9, 0], { minimumSeconds: 2 })).toEqual([
      { label: "a", startSeconds: 2, endSeconds: 4, confidence: 0.9 },
    ]);
  });

  it("smooths over the past", () => {
    const events = track([0, 1, 0, 1, 1, 0.4, 0], { smoothingSeconds: 2 });
    expect(events.filter(({ label }) => label === "a").map(({ startSeconds }) => startSeconds)).toEqual([4]);
  });

  it("lists every bad option at once", () => {
    expect(
      () =>
        new EventTracker(["a", "b"], 1, {
          thresholds: { a: 2, c: 0.5 },
          releaseShare: -1,
          minimumSeconds: NaN,
        }),
    ).toThrow(
      [
        "thresholds: expected a label of the model (a, b), got c",
        "a: expected 0 to 1, got 2",
        "releaseShare: expected 0 to 1, got -1",
        "minimumSeconds: expected seconds from 0, got NaN",
      ].join("\n"),
    );
  });
});

describe("formats", () => {
  const events = [
    { label: 'a "b", c', startSeconds: 0, endSeconds: 1.5, confidence: 0.75 },
    { label: "tab\tü", startSeconds: 3600.25, endSeconds: 3601, confidence: 1 },
  ];

  it("CSV quotes what needs it", async () => {
    expect((await collect(formatCsv(events))).join("")).toBe(
      'startSeconds,endSeconds,label,confidence\r\n0.000000,1.500000,"a ""b"", c",0.7500\r\n3600.250000,3601.000000,tab\tü,1.0000\r\n',
    );
  });

  it("JSON comes back as it was, none included", async () => {
    expect(JSON.parse((await collect(formatJson(events))).join(""))).toEqual(events);
    expect(JSON.parse((await collect(formatJson([]))).join(""))).toEqual([]);
  });

  it("Audacity has three columns whatever the label", async () => {
    expect((await collect(formatAudacity(events))).join("")).toBe(
      '0.000000\t1.500000\ta "b", c\n3600.250000\t3601.000000\ttab ü\n',
    );
  });
});
