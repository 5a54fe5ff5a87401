import type { ModelMetadata } from "../../features/model-metadata.ts";
import { hashFeatureConfig } from "../../features/feature-config.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { writeMetadata } from "../../onnx/read-metadata.ts";
import type { ModelErrorCode } from "../../runtime/errors.ts";
import { readModel } from "../../runtime/read-model.ts";
import { buildTinyModel, createTinyMetadata, sealWhole, tinyFeatures, tinyLabels } from "./tiny-model.ts";

/** A model file that must be refused: by `createClassifier`, or by the first answer. A new row is one line. */
export interface HostileModel {
  readonly title: string;
  readonly code: ModelErrorCode;
  readonly build: () => Uint8Array;
  /** A part of the message. */
  readonly text: string;
}

const described = (changes: Partial<ModelMetadata>) => (): Uint8Array =>
  buildTinyModel(createTinyMetadata(changes));
const withFeatures = (changes: Partial<ModelMetadata["features"]>): (() => Uint8Array) => {
  const features = { ...tinyFeatures, ...changes };
  return described({ features, featureHash: hashFeatureConfig(features) });
};

/** Metadata that are changed after the seal was made. */
const edited = (edit: (metadata: ModelMetadata) => object) => (): Uint8Array => {
  const bytes = buildTinyModel();
  const metadata = readModel(bytes, "tiny.onnx");
  const changed = { ...metadata, ...edit(metadata) };
  return writeMetadata(bytes, [["earshot", JSON.stringify(changed)]]);
};

type Shape = readonly (number | string)[];

/** A graph of another form, with metadata that do not know it. */
function build(
  add: (graph: GraphBuilder, samples: string) => string,
  { input = ["batch", "samples"], output = ["batch", 3] }: { input?: Shape; output?: Shape } = {},
): Uint8Array {
  const graph = new GraphBuilder({ name: "hostile" });
  const logits = add(graph, graph.addInput("samples", "float32", [...input]));
  graph.addOutput("logits", logits, "float32", [...output]);
  graph.setMetadata("earshot", JSON.stringify(createTinyMetadata()));
  return sealWhole(graph.build());
}

const score = (graph: GraphBuilder, samples: string): string => {
  const level = graph.addNode("ReduceMean", [samples], { axes: [1], keepdims: 1 });
  return graph.addNode("MatMul", [level, graph.addConstant("w", Float32Array.of(1, 2, 3), [1, 3])]);
};

export const hostileModels: readonly HostileModel[] = [
  {
    title: "two labels swapped",
    code: "changed-after-export",
    text: "another seal",
    build: edited(({ labels }) => ({ labels: labels.toReversed() })),
  },
  {
    title: "no seal",
    code: "changed-after-export",
    text: "no seal",
    build: edited(() => ({ seal: undefined })),
  },
  {
    title: "the seal of another model",
    code: "changed-after-export",
    text: "another seal",
    build: edited(() => ({ seal: "0".repeat(64) })),
  },
  {
    title: "a label string of 100 MB",
    code: "not-onnx",
    text: "bytes of metadata",
    build: edited(() => ({ labels: ["a", "x".repeat(1e8)] })),
  },
  {
    title: "a label of 1 MB",
    code: "bad-metadata",
    text: "labels.1",
    build: described({ labels: ["a", "x".repeat(1e6)] }),
  },
  {
    title: "a million labels",
    code: "bad-metadata",
    text: "labels",
    build: described({ labels: Array.from({ length: 4e5 }, (_, index) => String(index)) }),
  },
  {
    title: "one label twice",
    code: "bad-metadata",
    text: "labels",
    build: described({ labels: ["a", "b", "a"] }),
  },
  {
    title: "an empty label",
    code: "bad-metadata",
    text: "labels",
    build: described({ labels: ["a", "", "c"] }),
  },
  {
    title: "fewer labels than outputs",
    code: "bad-graph",
    text: "output float32 [batch, 2], got float32",
    build: described({ labels: ["a", "b"] }),
  },
  {
    title: "more labels than outputs",
    code: "bad-graph",
    text: "output float32 [batch, 4]",
    build: described({ labels: [...tinyLabels, "more"] }),
  },
  {
    title: "features in, says the metadata",
    code: "bad-graph",
    text: "input float32 [batch, frames, 8]",
    build: described({ input: "features" }),
  },
  {
    title: "a rate of 1 Hz",
    code: "bad-metadata",
    text: "features.sampleRateHz: expected 1000 to 768000",
    build: withFeatures({ sampleRateHz: 1 }),
  },
  {
    title: "a rate of 4 GHz",
    code: "bad-metadata",
    text: "features.sampleRateHz",
    build: withFeatures({ sampleRateHz: 4_294_967_295 }),
  },
  {
    title: "clips of a year",
    code: "bad-metadata",
    text: "features.clipSeconds",
    build: withFeatures({ clipSeconds: 3e7 }),
  },
  {
    title: "clips shorter than a window",
    code: "bad-metadata",
    text: "clipSeconds: expected at least one window",
    build: withFeatures({ clipSeconds: 0.01 }),
  },
  {
    title: "a window of 2^40 samples",
    code: "bad-metadata",
    text: "fftSamples: expected a power of two",
    build: withFeatures({ fftSamples: 2 ** 40, hopSamples: 128, clipSeconds: 3000 }),
  },
  {
    title: "a hop that no window divides into",
    code: "bad-metadata",
    text: "hopSamples",
    build: withFeatures({ hopSamples: 129 }),
  },
  {
    title: "a thousand mel bands",
    code: "other-features",
    text: "features.melBands",
    build: withFeatures({ melBands: 1000 }),
  },
  {
    title: "NaN logits",
    code: "bad-graph",
    text: "expected finite logits, got NaN",
    build: () =>
      build((graph, x) =>
        graph.addNode("Sqrt", [
          graph.addNode("Sub", [score(graph, graph.addNode("Abs", [x])), graph.addScalar(1e6)]),
        ]),
      ),
  },
  {
    title: "infinite logits",
    code: "bad-graph",
    text: "expected finite logits, got",
    build: () =>
      build((graph, x) =>
        graph.addNode("Div", [score(graph, graph.addNode("Abs", [x])), graph.addScalar(0)]),
      ),
  },
  {
    title: "an input of three axes",
    code: "bad-graph",
    text: "input float32 [batch, samples]",
    build: () =>
      build((graph, x) => score(graph, graph.addNode("ReduceMean", [x], { axes: [2], keepdims: 0 })), {
        input: ["batch", "samples", 1],
      }),
  },
  {
    title: "samples of a fixed, wrong length",
    code: "bad-graph",
    text: "takes this input",
    build: () => build(score, { input: ["batch", 12_345] }),
  },
  {
    title: "a matrix that does not fit",
    code: "bad-graph",
    text: "ONNX Runtime can run",
    build: () =>
      build((graph, x) =>
        graph.addNode("MatMul", [score(graph, x), graph.addConstant("v", new Float32Array(10), [5, 2])]),
      ),
  },
  {
    title: "an unknown operator",
    code: "bad-graph",
    text: "ONNX Runtime can run",
    build: () => build((graph, x) => graph.addNode("Clairvoyance", [x])),
  },
];
