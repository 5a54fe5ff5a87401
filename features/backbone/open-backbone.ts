import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { InferenceSession } from "onnxruntime-common";
import { UserError } from "../../common/user-error.ts";
import { createRandom } from "../../common/random.ts";
import { type ForeignModel, type ForeignValue, readForeignModel } from "../../onnx/rewrite/foreign-graph.ts";
import { OnnxFormatError } from "../../onnx/wire-format.ts";
import type { OrtRuntime } from "../ort-runtime.ts";
import type { Backbone } from "./backbone.ts";
import { describeValue, findWindow, type WindowOptions } from "./find-window.ts";
import { computeInput } from "./log-mel-input.ts";
import { describeOwnModel, recogniseBackbone, takeTrunk } from "./known-backbones.ts";
import { describeErrorLine } from "../../common/describe-error.ts";

/** What the user says of a backbone where its file does not. */
export interface BackboneOptions extends WindowOptions {
  readonly sampleRateHz?: number | undefined;
  /** Name of the output that is the embedding. */
  readonly output?: string | undefined;
  /** Numbers of the embedding, where they are known: of several outputs it is the one that has so many. */
  readonly dimensions?: number | undefined;
  readonly source?: string | undefined;
  readonly license?: string | undefined;
}

const float32 = 1;
/** The first version whose ArgMax can take the last of equals. */
const oldestOpset = 12;

/**
 * Finds out how a file is used as a backbone: what goes in is read from it, or given; what comes out is seen by running
 * it on noise, a tone and silence.
 * @param name stands in messages
 * @throws UserError, one line: not ONNX, not from samples, several outputs, unknown operators, NaN, an unknown rate
 */
export async function openBackbone(
  bytes: Uint8Array,
  name: string,
  given: BackboneOptions,
  ort: OrtRuntime,
): Promise<Backbone> {
  const model = readModel(bytes, name);
  const own = describeOwnModel(bytes);
  const options: BackboneOptions = { ...own, ...given };
  if (own !== undefined && options.sampleRateHz !== own.sampleRateHz)
    throw new UserError(
      `${name}: expected --backbone-rate ${own.sampleRateHz}, as its metadata say, got ${options.sampleRateHz ?? "none"}`,
    );
  const input = pickInput(model, name);
  const { logMel } = options;
  const { windowSamples, dims } = findWindow(input, name, options);
  const session = await openSession(takeTrunk(bytes), name, ort);
  try {
    const sampleRateHz = logMel === undefined ? 0 : findRate({ name, options, windowSamples, dimensions: 0 });
    const run = (samples: Float32Array) =>
      runOnce(session, {
        values: computeInput(samples, { logMel, input: { dims }, sampleRateHz }),
        input,
        dims,
        name,
        ort,
      });
    const sounds = makeTestSounds(windowSamples);
    const answers = [];
    for (const samples of sounds) answers.push(await run(samples));
    const [first] = answers;
    if (first === undefined) throw new Error("expected test sounds, got none");
    const output = pickOutput(first, name, options);
    const rows = answers.map((answer) => readAnswer(answer, output));
    checkAnswers(rows, name, output);
    const { dimensions, embeddingsPerWindow } = describeOutput(first.get(output)?.dims ?? [], name, output);
    return {
      format: 1,
      name: name.replace(/^.*[/\\]/, "").replace(/\.onnx$/, ""),
      sha256: bytesToHex(sha256(bytes)),
      sampleRateHz: findRate({ name, options, windowSamples, dimensions }),
      windowSamples,
      windowHopSamples: Math.ceil(windowSamples / 2),
      input: { name: input.name, dims },
      ...(logMel && { logMel }),
      output: { name: output },
      dimensions,
      embeddingsPerWindow,
      opset: model.opset,
      ...describeOrigin(options, recogniseBackbone(windowSamples, dimensions)),
    };
  } finally {
    await session.release();
  }
}

function readModel(bytes: Uint8Array, name: string): ForeignModel {
  let model: ForeignModel;
  try {
    model = readForeignModel(bytes);
  } catch (error) {
    if (error instanceof OnnxFormatError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  }
  if (model.hasExternalData)
    throw new UserError(`${name}: expected a backbone in one file, got one whose weights lie in another`);
  if (model.opset < oldestOpset)
    throw new UserError(
      `${name}: expected a backbone of opset ${oldestOpset} or newer, got ${model.opset}; export it again with a newer one`,
    );
  return model;
}

function pickInput({ inputs }: ForeignModel, name: string): ForeignValue {
  const [input, ...others] = inputs;
  const listed = inputs.map(describeValue).join(", ") || "none";
  if (input === undefined || others.length > 0)
    throw new UserError(`${name}: expected a backbone with one input, samples, got ${listed}`);
  if (input.elementCode !== float32)
    throw new UserError(`${name}: expected float32 samples as input, got another type: ${listed}`);
  return input;
}

async function openSession(bytes: Uint8Array, name: string, ort: OrtRuntime): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  } catch (error) {
    const line = describeErrorLine(error);
    throw new UserError(`${name}: expected a backbone that ONNX Runtime opens, got: ${line.slice(0, 240)}`);
  }
}

interface Answer {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

interface RunRequest {
  readonly input: ForeignValue;
  readonly dims: readonly number[];
  readonly values: Float32Array;
  readonly name: string;
  readonly ort: OrtRuntime;
}

async function runOnce(
  session: InferenceSession,
  { input, dims, values, name, ort }: RunRequest,
): Promise<Map<string, Answer>> {
  try {
    const outputs = await session.run({ [input.name]: new ort.Tensor("float32", values, dims) });
    const answers = new Map<string, Answer>();
    for (const [output, tensor] of Object.entries(outputs)) {
      const given: unknown = await tensor.getData();
      if (given instanceof Float32Array) answers.set(output, { dims: tensor.dims, values: given });
    }
    return answers;
  } catch (error) {
    const line = describeErrorLine(error);
    throw new UserError(
      `${name}: expected a backbone that runs on an input of [${dims.join(", ")}], got: ${line.slice(0, 240)}`,
    );
  }
}

/** The output that was named, the only one, or the only one that is called an embedding. */
function pickOutput(
  answers: ReadonlyMap<string, Answer>,
  name: string,
  { output: wanted, dimensions }: BackboneOptions,
): string {
  const names = [...answers.keys()];
  const listed = names
    .map((output) => `${output} [${(answers.get(output)?.dims ?? []).join(", ")}]`)
    .join(", ");
  if (wanted !== undefined) {
    if (answers.has(wanted)) return wanted;
    throw new UserError(`${name}: expected --backbone-output to be one of ${listed}, got ${wanted}`);
  }
  const alike = names.filter((output) =>
    dimensions === undefined
      ? /embed|feature/i.test(output)
      : answers.get(output)?.dims.at(-1) === dimensions,
  );
  const [only, ...others] = names.length > 1 ? alike : names;
  if (only !== undefined && others.length === 0) return only;
  throw new UserError(
    `${name}: expected to know which output is the embedding, got ${listed || "no float32 output"}; say it by --backbone-output`,
  );
}

function readAnswer(answers: ReadonlyMap<string, Answer>, output: string): Float32Array {
  const answer = answers.get(output);
  if (answer === undefined) throw new Error(`${output}: expected an output in every run, got none`);
  return answer.values;
}

/** [dimensions], [1, dimensions], [1, frames, dimensions], or with axes of 1 behind. */
function describeOutput(
  dims: readonly number[],
  name: string,
  output: string,
): { dimensions: number; embeddingsPerWindow: number } {
  const long = dims.filter((size) => size > 1);
  const [first, second] = long;
  if (first !== undefined && long.length === 1) return { dimensions: first, embeddingsPerWindow: 1 };
  if (first !== undefined && second !== undefined && long.length === 2 && dims.at(-1) === second)
    return { dimensions: second, embeddingsPerWindow: first };
  throw new UserError(
    `${name}: expected an embedding [1, numbers] or [1, frames, numbers], got ${output} [${dims.join(", ")}]; ` +
      "take another by --backbone-output",
  );
}

/** Noise, a tone and silence: what answers alike to the first two is no embedding. */
function makeTestSounds(samples: number): Float32Array[] {
  const random = createRandom(0, "backbone test");
  return [
    Float32Array.from({ length: samples }, () => 0.1 * random.normal()),
    Float32Array.from({ length: samples }, (_, index) => 0.3 * Math.sin(0.2 * index)),
    new Float32Array(samples),
  ];
}

function checkAnswers(rows: readonly Float32Array[], name: string, output: string): void {
  const sounds = ["noise", "a tone", "silence"];
  const bad = rows.findIndex((row) => !row.every((value) => Number.isFinite(value)));
  if (bad >= 0)
    throw new UserError(
      `${name}: expected finite numbers from ${output}, got NaN or infinity for ${sounds[bad] ?? "a sound"}`,
    );
  const [noise, tone] = rows;
  if (noise?.every((value, index) => value === tone?.[index]) === true)
    throw new UserError(
      `${name}: expected ${output} to differ from sound to sound, got the same for noise and a tone`,
    );
}

function findRate({
  name,
  options,
  windowSamples,
  dimensions,
}: {
  readonly name: string;
  readonly options: BackboneOptions;
  readonly windowSamples: number;
  readonly dimensions: number;
}): number {
  const known = recogniseBackbone(windowSamples, dimensions);
  const given = options.sampleRateHz;
  if (given !== undefined && known !== undefined && known.sampleRateHz !== given)
    throw new UserError(
      `${name}: expected --backbone-rate ${known.sampleRateHz}, for it looks like ${known.name}, got ${given}`,
    );
  const rate = given ?? known?.sampleRateHz;
  if (rate === undefined)
    throw new UserError(
      `${name}: expected to know the backbone's sample rate, got no word of it in the file; say it by --backbone-rate, e.g. 16000`,
    );
  return rate;
}

function describeOrigin(
  { source, license }: BackboneOptions,
  known: ReturnType<typeof recogniseBackbone>,
): Pick<Backbone, "source" | "license"> {
  const from = source ?? known?.source;
  const terms = license ?? known?.license;
  return { ...(from !== undefined && { source: from }), ...(terms !== undefined && { license: terms }) };
}
