import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { at } from "../../../common/at.ts";
import { createRandom } from "../../../common/random.ts";
import { createBackboneEmbedder } from "../../../features/backbone/backbone-embedder.ts";
import { logMelInputs } from "../../../features/backbone/log-mel-config.ts";
import { addLogMel, computeLogMel, countLogMelSamples } from "../../../features/backbone/log-mel-input.ts";
import { openBackbone } from "../../../features/backbone/open-backbone.ts";
import { GraphBuilder } from "../../../onnx/graph-builder.ts";
import { openReferenceScorer } from "../../../pipeline/backbones/reference-scorer.ts";
import { askPython, describeWithOracle } from "../../python/oracle.ts";
import { toNpy } from "../../python/npy.ts";
import { buildTinyBackbone } from "./tiny-backbone.ts";

function takePreset(name: string) {
  const preset = logMelInputs[name];
  if (preset === undefined) throw new Error(`${name}: no such preset`);
  return preset;
}

/** A tone that sweeps, clicks, and noise: every band holds something. */
function makeSound(samples: number): Float32Array {
  const random = createRandom(5, "sound");
  return Float32Array.from(
    { length: samples },
    (_, index) => 0.4 * Math.sin(2e-5 * index ** 2) + 0.05 * random.normal() + (index % 4000 === 7 ? 0.5 : 0),
  );
}

/**
 * VGGish's and YAMNet's front end by its definition; PANNs' by librosa's bands, which its layers follow. The rest of
 * librosa compiles for a minute in a fresh environment.
 */
const oracle = `
sound, rate = arrays["sound"].astype(np.float64), parameters["rate"]
if parameters["name"] == "panns":
    import librosa.filters
    padded = np.pad(sound, 512, mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi / 1024 * np.arange(1024))
    count = len(sound) // 320 + 1
    power = np.abs(np.fft.rfft(np.stack([padded[i * 320:i * 320 + 1024] * window for i in range(count)]))) ** 2
    bands = librosa.filters.mel(sr=rate, n_fft=1024, n_mels=64, fmin=50, fmax=14000)
    answer = 10 * np.log10(np.maximum(1e-10, power @ bands.T))
else:
    count = (len(sound) - 400) // 160 + 1
    window = 0.5 - 0.5 * np.cos(2 * np.pi / 400 * np.arange(400))
    spectrum = np.abs(np.fft.rfft(np.stack([sound[i * 160:i * 160 + 400] * window for i in range(count)]), 512))
    mel = lambda hz: 1127.0 * np.log(1.0 + hz / 700.0)
    bins, edges = mel(np.linspace(0, rate / 2, 257)), np.linspace(mel(125.0), mel(7500.0), 66)
    weights = np.stack([np.maximum(0, np.minimum((bins - a) / (b - a), (c - bins) / (c - b)))
        for a, b, c in zip(edges, edges[1:], edges[2:])], axis=1)
    weights[0] = 0
    answer = np.log(spectrum @ weights + (0.01 if parameters["name"] == "vggish" else 0.001))
outputs["mel"] = np.ascontiguousarray(answer, np.float32)
`;

const frames = 20;

describeWithOracle("log-mel of a backbone's input", () => {
  it.each(["vggish", "yamnet", "panns"])(
    "of %s is the one by Python, in the graph and outside",
    async (name) => {
      const { sampleRateHz, logMel } = takePreset(name);
      const windowSamples = countLogMelSamples(logMel, frames);
      const sound = makeSound(windowSamples);
      const { mel } = await askPython(oracle, { sound: toNpy(sound) }, { rate: sampleRateHz, name });
      expect(mel?.shape).toEqual([frames, 64]);
      const graph = new GraphBuilder({ name: "mel" });
      const window = graph.addInput("window", "float32", [windowSamples]);
      graph.addOutput("mel", addLogMel(graph, window, logMel, { windowSamples, sampleRateHz }), "float32", [
        frames,
        64,
      ]);
      const session = await ort.InferenceSession.create(graph.build());
      const { mel: computed } = await session.run({
        window: new ort.Tensor("float32", sound, [windowSamples]),
      });
      const answers = [computeLogMel(sound, logMel, sampleRateHz), computed?.data];
      for (const answer of answers) {
        if (!(answer instanceof Float32Array)) throw new Error("expected float32");
        const expected = Float64Array.from(mel?.data ?? [], Number);
        const worst = answer.reduce(
          (most, value, index) => Math.max(most, Math.abs(value - at(expected, index))),
          0,
        );
        expect(worst).toBeLessThan(1e-3);
      }
      await session.release();
    },
  );
});

describe("a backbone that takes log-mel", () => {
  const { sampleRateHz, logMel } = takePreset("vggish");

  it.each([
    [[1, 96, 64], undefined],
    [["batch", 1, 64, 96], undefined],
    [[1, "frames", 64], 15_600],
  ])(
    "with the input %j is opened, embeds as the reference does, and cuts its windows",
    async (dims, windowSamples) => {
      const bytes = buildTinyBackbone({ dims, windowSamples: 96 * 64 });
      const backbone = await openBackbone(
        bytes,
        "mel.onnx",
        { sampleRateHz, logMel, windowSamples, source: "" },
        ort,
      );
      expect(backbone).toMatchObject({ windowSamples: 15_600, dimensions: 5, logMel: { bands: 64 } });
      const loaded = { backbone, bytes, file: "mel.onnx" };
      const embedder = await createBackboneEmbedder(loaded, ort);
      const sound = makeSound(40_000);
      const { windows, values } = await embedder.embed(sound);
      expect(windows).toBe(5);
      // A head that gives the pooled vector's numbers: the reference's own way through the same file.
      const weights = {
        rows: 10,
        columns: 10,
        values: Float64Array.from({ length: 100 }, (_, i) => (i % 11 === 0 ? 1 : 0)),
      };
      const reference = await openReferenceScorer(loaded, { weights, bias: new Float64Array(10) });
      const pooled = await reference.score(sound);
      const rows = [0, 1, 2, 3, 4].map((window) => values.subarray(5 * window, 5 * window + 5));
      const own = [0, 1, 2, 3, 4].flatMap((column) => [
        rows.reduce((sum, row) => sum + at(row, column) / 5, 0),
      ]);
      const most = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => at(row, column))));
      const length = Math.hypot(...own, ...most);
      for (const [index, value] of [...own, ...most].entries())
        expect(value / length).toBeCloseTo(at(pooled, index), 4);
      await embedder.dispose();
      await reference.dispose();
    },
  );

  it.each([
    [
      "bands that the input does not have",
      { dims: [1, 96, 40] },
      {},
      "expected an input with an axis of 64 bands",
    ],
    ["an open number of frames", { dims: [1, "frames", 64] }, {}, "say it by --backbone-window"],
    [
      "another window than its frames take",
      { dims: [1, 96, 64] },
      { windowSamples: 16_000 },
      "expected --backbone-window 15600, which gives the 96 frames",
    ],
  ] as const)("refuses %s in one line", async (_, options, given, message) => {
    const bytes = buildTinyBackbone({ ...options, windowSamples: 96 * 64 });
    await expect(openBackbone(bytes, "mel.onnx", { sampleRateHz, logMel, ...given }, ort)).rejects.toThrow(
      message,
    );
  });
});
