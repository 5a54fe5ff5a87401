/** Tried with TensorFlow 2.21, Keras 3 and tf2onnx 1.17; tensorflowjs's own converter no longer installs beside them. */
const kerasWayOut =
  'pip install tensorflow tf2onnx; python -c \'import keras; keras.models.load_model("FILE").export("FOLDER")\'; ' +
  "python -m tf2onnx.convert --saved-model FOLDER --output model.onnx writes ONNX without earshot";

/** What a user may take for a tf.layers model, by how the file begins, each with the way out. */
const formats: readonly {
  readonly begins: readonly number[];
  /** Where these bytes stand. */
  readonly offset?: number;
  readonly what: string;
  readonly wayOut: string;
}[] = [
  {
    begins: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
    what: "a Keras .h5 file",
    wayOut: kerasWayOut,
  },
  {
    begins: [0x50, 0x4b, 0x03, 0x04],
    what: "a zip archive, as Keras 3 writes .keras",
    wayOut: kerasWayOut,
  },
  {
    begins: [0x54, 0x46, 0x4c, 0x33],
    offset: 4,
    what: "a TensorFlow Lite file",
    wayOut: "pip install tf2onnx; python -m tf2onnx.convert --tflite FILE --output model.onnx",
  },
  {
    begins: [0x08],
    what: "a protobuf, such as ONNX or a saved_model.pb",
    wayOut:
      "an ONNX file needs no export; a SavedModel: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
  },
];

/** @returns what the file is instead of JSON, with what to do about it; undefined when nothing known */
export function recogniseFormat(bytes: Uint8Array): string | undefined {
  const found = formats.find(({ begins, offset = 0 }) =>
    begins.every((byte, index) => bytes[offset + index] === byte),
  );
  return found && `${found.what}; ${found.wayOut}`;
}

/** Text in UTF-8, or in UTF-16 with its byte order mark; no mark is left. @throws TypeError for other bytes */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le", { fatal: true }).decode(bytes);
  if (first === 0xfe && second === 0xff) {
    const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16();
    return new TextDecoder("utf-16le", { fatal: true }).decode(swapped);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/**
 * What a model.json is instead of a tf.layers model that TF.js 4.22 reads.
 * @returns what it is, with what to do about it; undefined when it may be one
 */
export function recogniseModelJson(json: unknown): string | undefined {
  if (!isObject(json)) return undefined;
  const { format, modelTopology: topology } = json;
  if (format === "graph-model" || (isObject(topology) && Array.isArray(topology.node))) {
    return (
      "a graph model, which has no layers to export; convert what it was made from: " +
      "python -m tf2onnx.convert --saved-model FOLDER (or --tfjs FOLDER) --output model.onnx"
    );
  }
  if (isKeras3(isObject(topology) ? topology : json)) {
    return (
      'a model of Keras 3, which TF.js does not read; in Python: model.export("FOLDER"), then ' +
      "python -m tf2onnx.convert --saved-model FOLDER --output model.onnx writes ONNX without earshot"
    );
  }
  if (topology === undefined && "class_name" in json && "config" in json)
    return "a model's architecture without weights, as model.to_json() writes it; save the whole model with tensorflowjs";
  return undefined;
}

/** Keras 3 says so, or names the module of each layer. */
function isKeras3(topology: Readonly<Record<string, unknown>>): boolean {
  const config = isObject(topology.model_config) ? topology.model_config : topology;
  const versions = [topology.keras_version, config.keras_version];
  return (
    versions.some((version) => typeof version === "string" && version.startsWith("3.")) ||
    (typeof config.module === "string" && "registered_name" in config) ||
    hasKeras3Layer(config.config)
  );
}

function hasKeras3Layer(config: unknown): boolean {
  if (!isObject(config) || !Array.isArray(config.layers)) return false;
  return config.layers.some(
    (layer: unknown) => isObject(layer) && "registered_name" in layer && "module" in layer,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
