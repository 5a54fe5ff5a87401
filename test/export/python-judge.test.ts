import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { buildLayersModel, exportLayersModel } from "../../export/export-layers-model.ts";
import { exportTrainedModel } from "../../export/export-trained-model.ts";
import { exportLayersModelToFiles } from "../../export/write-model-files.ts";
import { listCalibratedValues } from "../../export/precision/static-int8.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { askPython, describeWithOracle, runPython } from "../python/oracle.ts";
import { toNpy } from "../python/npy.ts";
import { createNormal, expectClose, predict, randomiseWeights } from "./parity-harness.ts";

const { layers } = tf;

describeWithOracle("Python's onnx", () => {
  it("finds nothing to say against any exported file, in its full check", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-check-"));
    try {
      const files = Object.entries(makeModels());
      for (const [name, bytes] of files) await writeFile(path.join(folder, `${name}.onnx`), bytes);
      const script = `
import glob, sys, onnx
for file in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    print(model.opset_import[0].version, len(model.graph.node))
`;
      const printed = (await runPython(script, "", [folder])).toString();
      expect(printed.trim().split("\n")).toHaveLength(files.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("loads a model whose tensors lie in a second file, and computes the same", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-external-"));
    try {
      const model = makeSmallTransformer();
      const random = createNormal(6);
      randomiseWeights(model, random);
      const file = path.join(folder, "model.onnx");
      const files = await exportLayersModelToFiles(model, file, { externalDataBytes: 64 });
      expect(files.map((written) => path.basename(written.file))).toEqual(["model.onnx", "model.onnx.data"]);
      expect(await readdir(folder)).toHaveLength(2);
      const data = Float32Array.from({ length: 2 * 6 * 8 }, random);
      const script = `
import onnx, onnxruntime
path = arrays["path"].tobytes().decode()
onnx.checker.check_model(path, full_check=True)
external = [t for t in onnx.load(path, load_external_data=False).graph.initializer if t.external_data]
session = onnxruntime.InferenceSession(path)
outputs["y"] = session.run(None, {session.get_inputs()[0].name: arrays["x"]})[0]
outputs["external"] = numpy.array([len(external)], dtype=numpy.float32)
`;
      const inputs = { path: toNpy(new TextEncoder().encode(file)), x: toNpy(data, [2, 6, 8]) };
      const { y, external } = await askPython(`import numpy\n${script}`, inputs);
      expect(Number(external?.data[0])).toBe(10);
      const [truth] = predict(model, [data], [[2, 6, 8]]);
      expectClose(Array.from(y?.data ?? [], Number), truth?.data ?? [], 1e-5, "external data");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ["a convolutional network", makeSmallCnn(), [2, 9, 3]],
    ["attention", makeSmallTransformer(), [2, 6, 8]],
    ["recurrences", makeRecurrent(), [2, 5, 3]],
  ] as const)("computes what TF.js does, by its reference implementation: %s", async (_, model, shape) => {
    const random = createNormal(4);
    randomiseWeights(model, random);
    const data = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, random);
    const script = `
import onnx
from onnx.reference import ReferenceEvaluator
session = ReferenceEvaluator(onnx.load_from_string(arrays["model"].tobytes()))
outputs["y"] = session.run(None, {session.input_names[0]: arrays["x"]})[0]
`;
    const { y } = await askPython(script, { model: toNpy(exportLayersModel(model)), x: toNpy(data, shape) });
    const [truth] = predict(model, [data], [shape]);
    expect(y?.shape).toEqual(truth?.dims);
    expectClose(Array.from(y?.data ?? [], Number), truth?.data ?? [], 1e-5, "reference");
  });
});

function makeModels(): Record<string, Uint8Array> {
  const config = (architecture: string) => networkConfigSchema.parse({ architecture });
  const cnn = createNetwork(config("cnn"), 1);
  const labels = Array.from({ length: 10 }, (_, index) => `class ${index}`);
  const flat = Array.from({ length: 96 }, () => 1);
  const trained = {
    model: cnn,
    labels,
    standardisation: { mean: flat, deviation: flat },
    features: { ...defaultFeatureConfig, clipLevel: 1e5, clipMeanFraction: 0.75 },
  };
  const metadata = { program: "earshot", network: "cnn" };
  const models: Record<string, Uint8Array> = {
    cnn: exportLayersModel(cnn),
    transformer: exportLayersModel(createNetwork(config("cnn-transformer"), 1), { exposeLayers: true }),
    features: exportTrainedModel(trained, { input: "features", metadata }).bytes,
    samples: exportTrainedModel(trained, { input: "samples", metadata, outputs: ["features", "embedding"] })
      .bytes,
  };
  for (const precision of ["fp16", "fp16-weights", "int8-dynamic", "int8-weights"] as const) {
    models[`cnn-${precision}`] = exportLayersModel(cnn, { precision });
    models[`transformer-${precision}`] = exportLayersModel(makeSmallTransformer(), { precision });
    models[`samples-${precision}`] = exportTrainedModel(trained, {
      input: "samples",
      metadata,
      precision,
    }).bytes;
  }
  const ranges = new Map(
    listCalibratedValues(buildLayersModel(cnn)).map((value) => [value, { min: -1, max: 3 }]),
  );
  models["cnn-int8"] = exportLayersModel(cnn, { precision: "int8", ranges });
  for (const opset of [13, 15, 17, 18, 20, 21]) {
    models[`cnn-${opset}`] = exportLayersModel(makeSmallCnn(), { opset });
    models[`transformer-${opset}`] = exportLayersModel(makeSmallTransformer(), { opset });
    models[`recurrent-${opset}`] = exportLayersModel(makeRecurrent(), { opset });
  }
  return models;
}

function makeSmallCnn(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv1d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [null, 3] }),
      layers.batchNormalization(),
      layers.activation({ activation: "gelu" }),
      layers.maxPooling1d({ poolSize: 2 }),
      layers.globalAveragePooling1d(),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
}

function makeSmallTransformer(): tf.LayersModel {
  const network = { architecture: "cnn-transformer", bands: 8, classes: 3, heads: 2, encoderLayers: 1 };
  const trunk = [{ filters: 8, kernelFrames: 3 }];
  return createNetwork(networkConfigSchema.parse({ ...network, feedForwardWidth: 16, trunk }), 1);
}

/** With the activations that ONNX's reference implementation has. */
function makeRecurrent(): tf.LayersModel {
  const recurrentActivation = "sigmoid";
  return tf.sequential({
    layers: [
      layers.gru({ units: 4, recurrentActivation, returnSequences: true, inputShape: [null, 3] }),
      layers.bidirectional({
        layer: layers.lstm({ units: 3, recurrentActivation, returnSequences: true }),
        mergeMode: "concat",
      }),
      layers.simpleRNN({ units: 2 }),
    ],
  });
}
