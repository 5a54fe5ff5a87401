import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { readLayersModel } from "../../../export/saved-model/read-layers-model.ts";
import { UserError } from "../../../common/user-error.ts";
import { createNormal, expectModelParity, randomiseWeights, takeSymbolic } from "../parity-harness.ts";

const { layers } = tf;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "earshot-saved-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const saved = z.looseObject({
  modelTopology: z.looseObject({
    config: z.looseObject({ layers: z.array(z.looseObject({ inbound_nodes: z.unknown() })) }),
  }),
  weightsManifest: z.array(
    z.looseObject({
      paths: z.array(z.string()),
      weights: z.array(z.looseObject({ name: z.string(), dtype: z.string(), shape: z.array(z.number()) })),
    }),
  ),
});
type Saved = z.infer<typeof saved>;

/** Two branches and a sum: topology and weights as `save` writes them, in two shards. */
async function save(change: (json: Saved, weights: Float32Array) => void = () => undefined): Promise<string> {
  const x = tf.input({ shape: [4], name: "x" });
  const one = takeSymbolic(layers.dense({ units: 3, name: "one" }).apply(x));
  const two = takeSymbolic(layers.dense({ units: 3, name: "two", activation: "tanh" }).apply(x));
  const sum = takeSymbolic(layers.add({ name: "sum" }).apply([one, two]));
  const model = tf.model({ inputs: x, outputs: sum, name: "pair" });
  randomiseWeights(model, createNormal(1));
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
    }),
  );
  const data = artifacts.weightData;
  if (!(data instanceof ArrayBuffer)) throw new Error("expected one buffer of weights");
  const weights = new Float32Array(data);
  const manifest = [{ paths: ["shard1.bin", "shard2.bin"], weights: artifacts.weightSpecs }];
  const plain: unknown = JSON.parse(
    JSON.stringify({ modelTopology: artifacts.modelTopology, weightsManifest: manifest }),
  );
  const json = saved.parse(plain);
  change(json, weights);
  const bytes = new Uint8Array(weights.buffer);
  await writeFile(path.join(folder, "shard1.bin"), bytes.subarray(0, 50));
  await writeFile(path.join(folder, "shard2.bin"), bytes.subarray(50));
  const file = path.join(folder, "model.json");
  await writeFile(file, JSON.stringify(json));
  return file;
}

describe("readLayersModel", () => {
  it("reads a saved model, which exports and agrees", async () => {
    const model = await readLayersModel(await save());
    expect(model.layers.map(({ name }) => name)).toEqual(["x", "one", "two", "sum"]);
    await expectModelParity(model, [[3, 4]]);
  });

  it("reads a model as Keras's converter writes it, with its topology one level down", async () => {
    const file = await save((json) => {
      const { class_name, config } = json.modelTopology;
      Object.assign(json, {
        modelTopology: { keras_version: "2.1.6", model_config: { class_name, config } },
      });
    });
    await expectModelParity(await readLayersModel(file), [[3, 4]]);
  });

  it("reads a config with keys that every object has", async () => {
    const file = await save((json) => {
      Object.assign(json.modelTopology.config.layers[1]?.config ?? {}, { constructor: 1, toString: [2] });
    });
    expect((await readLayersModel(file)).layers).toHaveLength(4);
  });

  type Row = [title: string, change: (json: Saved, weights: Float32Array) => void, messages: string[]];
  it.each<Row>([
    [
      "missing shards and a wrong type, together",
      (json) => {
        json.weightsManifest[0]?.paths.splice(0, 2, "lost1.bin", "lost2.bin");
      },
      ["lost1.bin: expected a weight file, got none", "lost2.bin: expected a weight file, got none"],
    ],
    [
      "a type that no layer has",
      (json) => {
        const weight = json.weightsManifest[0]?.weights[1];
        if (weight !== undefined) weight.dtype = "complex64";
      },
      ["weightsManifest.0.weights.1.dtype: expected float32, int32 or bool"],
    ],
    [
      "a size that is no number",
      (json) => {
        const x = json.modelTopology.config.layers[0];
        if (x !== undefined) x.config = { name: "x", batch_input_shape: [null, []] };
      },
      ["x: batch_input_shape: expected whole numbers from 1, or null, got [null,[]]"],
    ],
    // TF.js takes them as they come, and runs for minutes or gives what no graph can.
    ...(
      [
        ["batch_input_shape", [null, 0], "whole numbers from 1, or null"],
        ["axis", 1.5, "axes of the input"],
        ["axis", [2_147_483_648], "axes of the input"],
        ["axis", [], "axes of the input"],
        ["axes", 1e308, "axes of the input"],
        ["strides", [2, 0], "whole numbers from 1"],
        ["pool_size", -1, "whole numbers from 1"],
        [
          "padding",
          [
            [1, -1],
            [0, 2],
          ],
          "whole numbers from 0",
        ],
        [
          "cropping",
          [
            [0, 0.5],
            [0, 0],
          ],
          "whole numbers from 0",
        ],
      ] as const
    ).map(([key, value, expected]): Row => [
      `${key} ${JSON.stringify(value)}`,
      (json) => {
        Object.assign(json.modelTopology.config.layers[1]?.config ?? {}, { [key]: value });
      },
      [`one: ${key}: expected ${expected}, got ${JSON.stringify(value)}`],
    ]),
    [
      "a claim of 4 GB",
      (json) => {
        json.weightsManifest[0]?.weights[0]?.shape.push(2 ** 30);
      },
      ["expected 51539607", "bytes for 4 weights, got 120"],
    ],
    [
      "a layer of gigabytes that the weights do not have",
      (json) => {
        const one = json.modelTopology.config.layers[1];
        if (one !== undefined) one.config = { name: "one", units: 1e9 };
        const x = json.modelTopology.config.layers[0];
        if (x !== undefined) x.config = { name: "x", batch_input_shape: [null, 65536, 65536] };
      },
      ["one: units 1000000000, where no weight is longer than 4", "x: an input of 4294967296 numbers"],
    ],
    [
      "a path out of the folder",
      (json) => {
        json.weightsManifest[0]?.paths.splice(0, 1, "../../etc/passwd");
      },
      ["../../etc/passwd: expected a file beside model.json, got a path that leads elsewhere"],
    ],
    [
      "NaN weights",
      (_, weights) => {
        weights[2] = NaN;
        weights[5] = Infinity;
      },
      ["one/kernel [4, 3]: expected finite numbers, got 2 NaN or infinite"],
    ],
    [
      "a cycle",
      (json) => {
        const one = json.modelTopology.config.layers[1];
        if (one !== undefined) one.inbound_nodes = [[["sum", 0, 0, {}]]];
      },
      ["form a cycle", "one -> sum"],
    ],
    [
      "a link to nothing",
      (json) => {
        const one = json.modelTopology.config.layers[1];
        if (one !== undefined) one.inbound_nodes = [[["ghost", 0, 0, {}]]];
      },
      ["pair: one takes from ghost 0, which is not there"],
    ],
    [
      "names that are no text",
      ({ modelTopology }) => {
        modelTopology.config.name = 1.5;
        Object.assign(modelTopology.config.layers[1]?.config ?? {}, { name: ["one"] });
      },
      ["model: expected a name that is text, got number", "one: expected a name that is text, got object"],
    ],
    // TF.js waits for ever for a layer of that name.
    ...[2_147_483_648, null, {}, ["one"]].map((name): Row => [
      `a link to ${JSON.stringify(name)}`,
      (json) => {
        const sum = json.modelTopology.config.layers[3];
        if (sum !== undefined) sum.inbound_nodes = [[[name, 0, 0, {}]]];
      },
      ["pair: layer 3: expected a name and links [layer, node, tensor], got others"],
    ]),
    [
      "a layer that nobody registered",
      (json) => {
        const one = json.modelTopology.config.layers[1];
        if (one !== undefined) one.class_name = "Unheard";
      },
      ["TF.js cannot build the model: Unknown layer: Unheard"],
    ],
  ])("refuses %s", async (_, change, messages) => {
    const error: unknown = await readLayersModel(await save(change)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    for (const message of messages) expect(String(error)).toContain(message);
  });

  const graphTopology = '{"modelTopology": {"node": [{"name": "x", "op": "Placeholder"}], "library": {}}}';
  const keras3 = {
    class_name: "Functional",
    config: {
      layers: [{ module: "keras.layers", class_name: "InputLayer", config: {}, registered_name: null }],
    },
  };

  it.each<[title: string, content: string | Uint8Array, message: string]>([
    ["no JSON", "{ oh", "expected JSON, got 4 bytes that are none"],
    [
      "bytes that are no text",
      Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
      "expected JSON, got 4 bytes that are none",
    ],
    ["a graph model", '{"format": "graph-model"}', "a graph model, which has no layers to export; convert"],
    ["a graph model that does not say so", graphTopology, "a graph model, which has no layers to export"],
    ["other JSON", '{"weights": 1}', "expected a tf.layers model"],
    ["Keras 3 by its version", '{"modelTopology": {"keras_version": "3.5.0"}}', "a model of Keras 3"],
    [
      "Keras 3 by its layers",
      JSON.stringify({ modelTopology: { model_config: keras3 }, weightsManifest: [] }),
      'a model of Keras 3, which TF.js does not read; in Python: model.export("FOLDER")',
    ],
    [
      "Keras 3's own config.json",
      JSON.stringify({ module: "keras", ...keras3, registered_name: "F" }),
      "of Keras 3",
    ],
    ["an architecture alone", '{"class_name": "Sequential", "config": {}}', "architecture without weights"],
    [
      "a .h5 file",
      Buffer.from("\x89HDF\r\n\x1a\n...", "latin1"),
      "a Keras .h5 file; pip install tensorflow tf2onnx",
    ],
    ["a .keras file", Buffer.from("PK\x03\x04...", "latin1"), "a zip archive, as Keras 3 writes .keras"],
    ["a TensorFlow Lite file", Buffer.from("\x1c\0\0\0TFL3...", "latin1"), "a TensorFlow Lite file"],
    ["an ONNX file", Buffer.from("\x08\x08\x12\x07earshot", "latin1"), "an ONNX file needs no export"],
  ])("refuses %s, with the way out", async (_, content, message) => {
    const file = path.join(folder, "other.json");
    await writeFile(file, content);
    const error: unknown = await readLayersModel(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(message);
    expect(String(error).length).toBeLessThan(400 + folder.length);
  });

  it("refuses a missing file, and a folder", async () => {
    await expect(readLayersModel(path.join(folder, "none.json"))).rejects.toThrow("got no readable file");
    await expect(readLayersModel(folder)).rejects.toThrow("got a folder; give the model.json in it");
  });

  it.each<[string, (text: string) => Buffer]>([
    ["UTF-8 with a byte order mark", (text) => Buffer.from(`\uFEFF${text}`, "utf8")],
    ["UTF-16, little-endian", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16, big-endian", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ])("reads %s", async (_, encode) => {
    const file = await save();
    await writeFile(file, encode(await readFile(file, "utf8")));
    await expectModelParity(await readLayersModel(file), [[3, 4]]);
  });

  it("counts what does not fit into a message", async () => {
    const file = await save((json) => {
      json.weightsManifest[0]?.paths.splice(
        0,
        2,
        ...Array.from({ length: 50 }, (_, shard) => `lost-${shard}.bin`),
      );
    });
    const error: unknown = await readLayersModel(file).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(
      /lost-0\.bin: expected a weight file, got none of this name[^]*and \d\d more$/,
    );
    expect(String(error).length).toBeLessThan(400 + folder.length);
  });
});
