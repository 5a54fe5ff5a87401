import { readFileSync } from "node:fs";
import path from "node:path";
import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { metadataKey } from "../../features/model-metadata.ts";
import { readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { OnnxFormatError } from "../../onnx/wire-format.ts";
import { createClassifier } from "../../runtime/node.ts";
import { hostileModels } from "../runtime/hostile-models.ts";
import {
  buildTinyFeatureModel,
  buildTinyModel,
  createTinyMetadata,
  makeLevel,
} from "../runtime/tiny-model.ts";
import { checkRefusal, fault, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";
import { mutateBytes, mutateJson } from "./mutate-bytes.ts";
import { mutateGraph, sealAgain } from "./mutate-graph.ts";

const name = "model.onnx";
/** Larger hostile models are tests already; here they would only be slow. */
const maxSeedBytes = 2 ** 22;

/**
 * Damaged model files, most with their parity verdict and seal still in place or made again: each answers with a finite
 * score for every label, or is refused with an error of the runtime's that has a `code` and a message of one line.
 */
export const onnxTarget: FuzzTarget<Uint8Array> = {
  maxMs: 20_000,
  maxMegabytes: 2500,
  loadSeeds: () => Promise.resolve(loadModelSeeds()),
  mutate(bytes, random) {
    const change = at(mutations, random.integer(mutations.length));
    return change(bytes, random) ?? mutateBytes(bytes, random);
  },
  run: answerOrRefuse,
  writeFiles: (bytes) => [{ path: name, bytes }],
};

/** Each gives undefined for what it cannot change, as a file that is no ONNX model. */
const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array | undefined)[] = [
  mutateBytes,
  mutateMetadata,
  (bytes, random) => keepReadable(mutateMetadata(bytes, random)),
  mutateGraph,
  mutateGraph,
  mutateGraph,
];

/** Sealed again where it can be read. */
function keepReadable(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : readOrUndefined(() => sealAgain(bytes));
}

function readOrUndefined<Answer>(read: () => Answer): Answer | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof OnnxFormatError) return undefined;
    throw error;
  }
}

function loadModelSeeds(): Uint8Array[] {
  const included = path.join(import.meta.dirname, "../../pretrained/esc10.onnx");
  const tiny = [buildTinyModel(), buildTinyModel(createTinyMetadata({ format: 1 })), buildTinyFeatureModel()];
  const hostile = hostileModels
    .filter(({ code }) => code === "bad-graph") // what is wrong with the others is found before their graph is read
    .map(({ build }) => build())
    .filter(({ length }) => length < maxSeedBytes);
  // The included model is large, and slow to start: one seed of many.
  return [...tiny, ...tiny, ...tiny, ...hostile, new Uint8Array(readFileSync(included))];
}

/** Numbers, texts and names of the metadata change; the file around them stays whole. */
function mutateMetadata(bytes: Uint8Array, random: Random): Uint8Array | undefined {
  const entries = readOrUndefined(() => readMetadata(bytes));
  if (entries === undefined) return undefined;
  const changed = mutateJson(entries.get(metadataKey) ?? "", random);
  return changed === undefined ? undefined : writeMetadata(bytes, entries.set(metadataKey, changed));
}

async function answerOrRefuse(bytes: Uint8Array, random: Random): Promise<FuzzOutcome> {
  try {
    await using classifier = await createClassifier(
      { name, bytes },
      { allowUnverified: random.integer(4) > 0, threads: 1, decodeThreads: 0 },
    );
    const { sampleRateHz, labels, windowSeconds } = classifier.info;
    const samples = makeLevel(0.5, Math.min(2 ** 20, Math.ceil(1.5 * windowSeconds * sampleRateHz)));
    const scores = await classifier.classify({ samples, sampleRateHz });
    const isFinite = scores.every(({ logit, probability }) => Number.isFinite(logit) && probability >= 0);
    if (scores.length !== labels.length || !isFinite)
      return fault("an answer with a score that is no number");
    for await (const { endSeconds } of classifier.classifyLong({ samples, sampleRateHz }))
      if (endSeconds > windowSeconds) break;
    return { kind: "accepted" };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") throw error;
    const subjects = [name, "model", "sound", "executionProviders"];
    return checkRefusal(error.message, subjects.find((subject) => error.message.startsWith(subject)) ?? name);
  }
}
