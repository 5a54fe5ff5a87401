import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Classifier } from "../../../runtime/classifier.ts";
import { createClassifier, type NodeSource } from "../../../runtime/node.ts";
import type { SoundEvent } from "../../../runtime/timeline/track-events.ts";
import { collect } from "../collect.ts";
import { buildTinyModel, makeLevel } from "../tiny-model.ts";

const sampleRateHz = 8000;

/** Three seconds: quiet, then loud from 1 s to 2 s, then quiet. */
function makeSound(rateHz = sampleRateHz): Float32Array {
  const samples = makeLevel(1e-4, 3 * rateHz);
  samples.set(makeLevel(0.5, rateHz), rateHz);
  return samples;
}

describe("stream", () => {
  let classifier: Classifier<NodeSource>;
  beforeAll(async () => {
    classifier = await createClassifier(buildTinyModel());
  });
  afterAll(() => classifier.dispose());

  const options = {
    hopSeconds: 0.096,
    maxGapSeconds: 0,
    thresholds: { loud: 0.7, quiet: 0.7, "middle, ü": 1 },
  };

  async function listen(blocks: Iterable<Float32Array>, rateHz = sampleRateHz): Promise<SoundEvent[]> {
    const stream = classifier.stream({ ...options, sampleRateHz: rateHz });
    const collected = collect(stream);
    for (const block of blocks) await stream.push(block);
    stream.end();
    return collected;
  }

  it("finds where a sound begins and ends", async () => {
    const events = await listen([makeSound()]);
    expect(events.map(({ label }) => label)).toEqual(["quiet", "loud", "quiet"]);
    const [before, loud, after] = events;
    expect(before?.startSeconds).toBe(0);
    expect(Math.abs((loud?.startSeconds ?? NaN) - 1)).toBeLessThanOrEqual(0.2);
    expect(Math.abs((loud?.endSeconds ?? NaN) - 2)).toBeLessThanOrEqual(0.2);
    expect(loud?.confidence).toBeGreaterThan(0.7);
    expect(after?.endSeconds).toBe(3);
  });

  it.each([8000, 11_025])("answers the same whatever the block size, at %i Hz", async (rateHz) => {
    const sound = makeSound(rateHz);
    const whole = await listen([sound], rateHz);
    const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const blocks = [];
        for (let offset = 0, turn = 0; offset < sound.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          blocks.push(sound.subarray(offset, offset + Math.max(64, length)));
          offset += Math.max(64, length);
        }
        expect(await listen(blocks, rateHz)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it("finds the same as findEvents in a recording", async () => {
    const recorded = await collect(classifier.findEvents({ samples: makeSound(), sampleRateHz }, options));
    const live = await listen([makeSound()]);
    expect(live.map(({ label, startSeconds, endSeconds }) => ({ label, startSeconds, endSeconds }))).toEqual(
      recorded.map(({ label, startSeconds, endSeconds }) => ({ label, startSeconds, endSeconds })),
    );
  });

  it("reports an end within its stated latency", async () => {
    const stream = classifier.stream(options);
    expect(stream.latencySeconds).toBeCloseTo((0.5 + 0.096) / 2, 12);
    await using slower = classifier.stream({ ...options, maxGapSeconds: 0.5 });
    expect(slower.latencySeconds).toBeCloseTo(stream.latencySeconds + 0.5, 12);
    const sound = makeSound();
    const latencies: number[] = [];
    let pushed = 0;
    const collected = (async () => {
      for await (const { endSeconds } of stream) latencies.push(pushed / sampleRateHz - endSeconds);
    })();
    const block = 80; // 10 ms
    for (; pushed < sound.length; pushed += block) {
      await stream.push(sound.subarray(pushed, pushed + block));
      await new Promise((resolve) => setTimeout(resolve, 1)); // the consumer's turn
    }
    stream.end();
    await collected;
    expect(latencies).toHaveLength(3);
    for (const latency of latencies.slice(0, 2)) {
      expect(latency).toBeGreaterThanOrEqual(stream.latencySeconds - 2 * (block / sampleRateHz));
      // One hop more is slack for a busy machine.
      expect(latency).toBeLessThanOrEqual(stream.latencySeconds + 0.1);
    }
  });

  it("reports every entry of the timeline to a display", async () => {
    const entries: number[] = [];
    const stream = classifier.stream({ ...options, onEntry: ({ endSeconds }) => entries.push(endSeconds) });
    const collected = collect(stream);
    await stream.push(makeSound());
    stream.end();
    await collected;
    expect(entries).toHaveLength(28); // 27 windows and the end
    expect(entries.at(-1)).toBe(3);
  });

  it("lets push wait for a slow consumer, and refuses what does not fit", async () => {
    const stream = classifier.stream({ ...options, bufferSeconds: 0.1 });
    const second = new Float32Array(800);
    await stream.push(second); // the buffer
    let accepted = false;
    const waiting = stream.push(second).then(() => {
      accepted = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(accepted).toBe(false);
    await expect(stream.push(new Float32Array(8000))).rejects.toMatchObject({ code: "overflow" });
    const collected = collect(stream); // the consumer arrives
    await waiting;
    stream.end();
    await collected;
    expect(accepted).toBe(true);
  });

  it("keeps its own copy of a block", async () => {
    const stream = classifier.stream(options);
    const block = makeLevel(0.5, 8000);
    await stream.push(block);
    block.fill(0);
    stream.end();
    expect((await collect(stream)).map(({ label }) => label)).toEqual(["loud"]);
  });

  it("refuses NaN, and blocks after the end", async () => {
    const stream = classifier.stream(options);
    await expect(stream.push(Float32Array.of(0, NaN))).rejects.toMatchObject({ code: "bad-audio" });
    stream.end();
    await expect(stream.push(new Float32Array(1))).rejects.toMatchObject({ code: "disposed" });
    expect(await collect(stream)).toEqual([]);
  });

  it("ends for writer and reader alike when it is disposed of", async () => {
    const stream = classifier.stream({ ...options, bufferSeconds: 0.01 });
    const written = stream.push(new Float32Array(400));
    await stream.dispose();
    await written;
    expect(await collect(stream)).toEqual([]);
    await expect(stream.push(new Float32Array(1))).rejects.toMatchObject({ code: "disposed" });
  });

  it("ends with an abort's reason, even while nothing comes", async () => {
    const controller = new AbortController();
    const stream = classifier.stream({ ...options, signal: controller.signal });
    const collected = collect(stream);
    await stream.push(new Float32Array(10));
    controller.abort(new Error("enough"));
    await expect(collected).rejects.toThrow("enough");
    await expect(stream.push(new Float32Array(1))).rejects.toThrow("enough");
  });

  it("ends with a DisposedError when its classifier goes", async () => {
    const other = await createClassifier(buildTinyModel());
    const stream = other.stream(options);
    const collected = collect(stream);
    await other.dispose();
    await stream.push(makeSound());
    await expect(collected).rejects.toMatchObject({ code: "disposed" });
    expect(() => other.stream()).toThrow("disposed of");
  });

  it("refuses labels that the model does not have", () => {
    expect(() => classifier.stream({ thresholds: { dog: 0.5 } })).toThrow("expected a label of the model");
  });
});
