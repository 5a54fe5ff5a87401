import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/backend.ts";
import { registerOnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/index.ts";
import { registerBackend } from "../../tfjs-backend-onnxruntime/register.ts";
import { createNodeSessions } from "../../tfjs-backend-onnxruntime/sessions/node-sessions.ts";
import type { SessionFactory } from "../../tfjs-backend-onnxruntime/sessions/session-factory.ts";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  ({ backend } = await registerOnnxRuntimeBackend({ threads: 1, sessionCapacity: 4, longestRecording: 200 }));
});

afterAll(() => {
  backend.dispose();
});

describe("recording", () => {
  it("computes nothing before data is read, and then all that is wanted at once", () => {
    const before = backend.statistics.runs;
    const x = tf.tensor1d([1, 2, 3]);
    const [y, z] = [x.mul(2.5), x.exp().add(1)];
    expect(backend.statistics.runs).toBe(before);
    expect([...y.dataSync()]).toEqual([2.5, 5, 7.5]);
    expect(backend.statistics.runs).toBe(before + 1);
    expect(z.dataSync()[0]).toBeCloseTo(Math.E + 1, 5);
    expect(backend.statistics.runs).toBe(before + 1);
  });

  it("leaves out what nobody holds any more", () => {
    const before = backend.statistics.runs;
    tf.tidy(() => tf.tensor1d([1, 2]).mul(3).add(1)).dispose();
    backend.recorder.flush();
    expect(backend.statistics.runs).toBe(before);
  });

  it("builds no graph for a step that it has seen", () => {
    const step = (values: number[]) => tf.tidy(() => [...tf.tensor1d(values).square().sub(1.5).dataSync()]);
    step([1, 2, 3]);
    const before = backend.statistics.compiled;
    expect(step([4, 5, 6])).toEqual([14.5, 23.5, 34.5]);
    expect(backend.statistics.compiled).toBe(before);
  });

  it("builds one more graph for a number that changes, not one for each of its values", () => {
    const x = tf.tensor1d([1, 2, 4]);
    const step = (factor: number) => tf.tidy(() => [...x.mul(factor).sqrt().dataSync()]);
    step(1.5);
    const before = backend.statistics.compiled;
    expect(step(4)).toEqual([2, Math.fround(Math.sqrt(8)), 4]);
    for (const factor of [9, 16, 25]) expect(step(factor)[0]).toBe(Math.sqrt(factor));
    expect(backend.statistics.compiled).toBe(before + 1);
  });

  it("keeps no more sessions than it may, and still computes with those that went", () => {
    const step = (length: number) => tf.tidy(() => tf.range(0, length).mul(2).sum().dataSync()[0]);
    for (let round = 0; round < 3; round++) {
      for (let length = 2; length < 10; length++) expect(step(length)).toBe(length * (length - 1));
    }
    expect(backend.statistics.cachedSessions).toBeLessThanOrEqual(4);
  });

  it("runs a loop that reads nothing in pieces of few graphs", () => {
    const before = backend.statistics.compiled;
    const x = tf.variable(tf.tensor1d([1, 2, 3, 4]));
    for (let step = 0; step < 2000; step++)
      tf.tidy(() => {
        x.assign(x.mul(0.5).add(1).sub(0.25));
      });
    expect(backend.statistics.pendingKernels).toBeLessThan(1600);
    expect(x.dataSync()[0]).toBeCloseTo(1.5, 5);
    expect(backend.statistics.compiled - before).toBeLessThan(8);
  });
});

describe("data", () => {
  it("is not changed when the caller fills its array anew", () => {
    const batch = new Float32Array([1, 2, 3]);
    const x = tf.tensor1d(batch);
    const y = x.add(1);
    batch.fill(9);
    expect([...y.dataSync()]).toEqual([2, 3, 4]);
    const read = y.dataSync();
    read.fill(7);
    expect([...y.dataSync()]).toEqual([2, 3, 4]);
  });

  it("of a disposed tensor serves a new one, and frees TF.js's count", () => {
    const { numTensors, numDataBuffers } = tf.memory();
    const results = Array.from({ length: 20 }, (_, index) =>
      tf.tidy(() => {
        const x = tf.range(index, index + 1000);
        return x.mul(2).slice(500, 1).dataSync()[0];
      }),
    );
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => 2 * (index + 500)));
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });

  it("moves from and to other backends, texts too", async () => {
    const x = tf.tensor1d([1, 2, 3]);
    await tf.setBackend("cpu");
    const y = x.add(1);
    await tf.setBackend("onnxruntime");
    expect([...y.mul(2).dataSync()]).toEqual([4, 6, 8]);
    expect(tf.tensor1d(["owl", "rain"]).dataSync()).toEqual(["owl", "rain"]);
  });

  it("is read by await as well, while more is recorded", async () => {
    const x = tf.tensor1d([1, 2]);
    const first = x.add(1).data();
    const second = x.mul(3).data();
    expect([...(await first)]).toEqual([2, 3]);
    expect([...(await second)]).toEqual([3, 6]);
  });
});

describe("failures", () => {
  it("of a kernel that is missing name it and the way out", () => {
    expect(() => tf.image.cropAndResize(tf.ones([1, 4, 4, 1]), [[0, 0, 1, 1]], [0], [2, 2])).toThrow(
      /^CropAndResize: .*docs\/reference\/kernels\.md.*tf\.setBackend\("cpu"\)/s,
    );
  });

  it("of a session reach the reader, and the next computation works", async () => {
    const sessions = createNodeSessions({ threads: 1 });
    let isBroken = false;
    const factory: SessionFactory = {
      ...sessions,
      createSync: (model) => {
        if (isBroken) throw new Error("out of memory");
        if (sessions.createSync === undefined) throw new Error("expected synchronous sessions");
        return sessions.createSync(model);
      },
    };
    backend = registerBackend(factory);
    await tf.setBackend("onnxruntime");
    const x = tf.tensor1d([1, 2, 3]);
    isBroken = true;
    const lost = x.exp();
    expect(() => lost.dataSync()).toThrow("out of memory");
    await expect(lost.data()).rejects.toThrow("out of memory");
    isBroken = false;
    expect([...x.exp().log().round().dataSync()]).toEqual([1, 2, 3]);
    expect(() => lost.add(1).dataSync()).toThrow("out of memory");
    expect([...x.add(1).dataSync()]).toEqual([2, 3, 4]);
  });

  it("of an asynchronous runtime do not poison the next run, and dataSync says what to write", async () => {
    const sessions = createNodeSessions({ threads: 1 });
    let isBroken = false;
    const factory: SessionFactory = {
      name: "asynchronous",
      version: "1",
      create: (model) => (isBroken ? Promise.reject(new Error("no memory")) : sessions.create(model)),
    };
    backend = registerBackend(factory);
    await tf.setBackend("onnxruntime");
    const x = tf.tensor1d([1, 4, 9]);
    expect(() => x.sqrt().dataSync()).toThrow("await tensor.data()");
    isBroken = true;
    await expect(x.square().data()).rejects.toThrow("no memory");
    isBroken = false;
    const pending = [x.sqrt().data(), x.neg().data()];
    const [roots, negatives] = await Promise.all(pending);
    expect([...(roots ?? [])]).toEqual([1, 2, 3]);
    expect([...(negatives ?? [])]).toEqual([-1, -4, -9]);
  });
});
