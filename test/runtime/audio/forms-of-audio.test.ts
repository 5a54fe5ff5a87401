import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createClassifier, readWaveform } from "../../../runtime/node.ts";
import { buildTinyModel, makeLevel } from "../tiny-model.ts";
import { encodeWav } from "./wav.ts";

const sampleRateHz = 8000;
const floats = makeLevel(0.5, 800);
const wav = encodeWav(floats, sampleRateHz);
const int16 = Int16Array.from(floats, (sample) => sample * 32_768);

/** A value of another realm, as Jest, Electron and iframes have them: no instance of this one's classes. */
function makeForeign(type: string, values: ArrayLike<number>): object {
  const foreign: unknown = runInNewContext(`${type}.from(values)`, { values: [...Array.from(values)] });
  if (typeof foreign !== "object" || foreign === null) throw new TypeError("expected an object");
  return foreign;
}

/** As plain JavaScript calls it. */
async function call(audio: unknown): Promise<{ samples: Float32Array; sampleRateHz: number }> {
  const untyped: (audio: never) => ReturnType<typeof readWaveform> = readWaveform;
  const waveform: unknown = await Reflect.apply(untyped, undefined, [audio]);
  if (typeof waveform !== "object" || waveform === null) throw new TypeError("expected a waveform");
  const samples: unknown = Reflect.get(waveform, "samples");
  const rate: unknown = Reflect.get(waveform, "sampleRateHz");
  if (!(samples instanceof Float32Array) || typeof rate !== "number") throw new TypeError("expected samples");
  return { samples, sampleRateHz: rate };
}

describe("forms of audio", () => {
  it.each<readonly [form: string, audio: unknown]>([
    ["a Float32Array", { samples: floats, sampleRateHz }],
    ["a Float64Array", { samples: Float64Array.from(floats), sampleRateHz }],
    ["an Int16Array", { samples: int16, sampleRateHz }],
    ["a plain array", { samples: [...floats], sampleRateHz }],
    ["another realm's Float32Array", { samples: makeForeign("Float32Array", floats), sampleRateHz }],
    ["another realm's Int16Array", { samples: makeForeign("Int16Array", int16), sampleRateHz }],
    ["another realm's array", { samples: makeForeign("Array", floats), sampleRateHz }],
    ["an AudioBuffer", { numberOfChannels: 1, sampleRate: sampleRateHz, getChannelData: () => floats }],
  ])("%s is taken as samples", async (_, audio) => {
    expect(await call(audio)).toEqual({ samples: floats, sampleRateHz });
  });

  it.each<readonly [form: string, audio: unknown]>([
    ["bytes", wav],
    ["a part of a buffer", new Uint8Array([0, ...wav]).subarray(1)],
    ["an ArrayBuffer", Uint8Array.from(wav).buffer],
    ["a DataView", new DataView(Uint8Array.from(wav).buffer)],
    ["named bytes", { name: "a.wav", bytes: wav }],
    ["another realm's Uint8Array", makeForeign("Uint8Array", wav)],
    ["another realm's ArrayBuffer", Reflect.get(makeForeign("Uint8Array", wav), "buffer")],
    ["a Blob", new Blob([Uint8Array.from(wav)])],
    ["a Response", new Response(Uint8Array.from(wav))],
    ["a data address", `data:audio/wav;base64,${Buffer.from(wav).toString("base64")}`],
  ])("%s are taken as a file", async (_, audio) => {
    const { samples, sampleRateHz: rate } = await call(audio);
    expect({ count: samples.length, rate }).toEqual({ count: floats.length, rate: sampleRateHz });
  });

  it.each<readonly [form: string, audio: unknown, got: string]>([
    ["undefined", undefined, "got undefined"],
    ["null", null, "got null"],
    ["a number", 44_100, "got the number 44100"],
    ["a function", () => wav, "got a function"],
    ["a map", new Map([["secret", 1]]), "got an object of class Map"],
    ["another object", { file: "secret" }, "got an object of another kind"],
    ["an Int32Array", new Int32Array(3), "got Int32Array of 12 bytes"],
    ["an array of text", ["secret"], "got an array of 1"],
    ["no text", "", "got empty text"],
    ["a file's bytes as text", "RIFF".repeat(1_000_000), "got text of 4000000 characters"],
    ["bare samples", floats, "expected sampleRateHz in whole Hz from 1000 to 768000, got NaN"],
    ["a rate of 1 Hz", { samples: floats, sampleRateHz: 1 }, "got 1"],
    ["a rate of 1 MHz", { samples: floats, sampleRateHz: 1e6 }, "got 1000000"],
    ["a long name", { name: "a".repeat(1e6), bytes: new Uint8Array(3) }, "got 3 bytes of unknown data"],
  ])("%s is refused in a short line, at once, without its content", async (_, audio, got) => {
    const message = await call(audio).then(() => "taken", String);
    expect(message).toContain(got);
    expect(message).toMatch(/^(AudioError|SourceError): /);
    expect(message.length).toBeLessThan(400);
    expect(message).not.toContain("secret");
  });
});

it.each([0, 1, 999, 768_001, 0.5, NaN])(
  "a rate of %d is refused at once, wherever it is asked for",
  async (rate) => {
    const expected = "sampleRateHz: expected whole Hz from 1000 to 768000";
    await expect(readWaveform({ samples: floats, sampleRateHz }, { sampleRateHz: rate })).rejects.toThrow(
      expected,
    );
    await using classifier = await createClassifier(buildTinyModel());
    expect(() => classifier.stream({ sampleRateHz: rate })).toThrow(expected);
    await expect((async () => classifier.openLogMel({ sampleRateHz: rate }))()).rejects.toThrow(expected);
  },
);

it("an abort ends the slowest resampling within 100 ms", async () => {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new Error("enough"));
  }, 20);
  const long = { samples: new Float32Array(30_000_000).fill(0.1), sampleRateHz: 44_101 };
  const begin = performance.now();
  const { signal } = controller;
  await expect(readWaveform(long, { sampleRateHz: 16_000, signal })).rejects.toThrow("enough");
  expect(performance.now() - begin).toBeLessThan(1500); // 120 ms, on a machine that does other things too
});
