import { readFileSync } from "node:fs";
import path from "node:path";
import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { metadataKey } from "../../features/model-metadata.ts";
import { readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { createClassifier } from "../../runtime/node.ts";
import { hostileModels } from "../runtime/hostile-models.ts";
import {
  buildTinyFeatureModel,
  buildTinyModel,
  createTinyMetadata,
  makeLevel,
} from "../runtime/tiny-model.ts";
import { checkRefusal, fault, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";
import { mutateBytes } from "./mutate-bytes.ts";

const name = "model.onnx";
/** Larger hostile models are tests already; here they would only be slow. */
const maxSeedBytes = 2 ** 22;

/**
 * Damaged model files, most with their parity verdict still in place: each answers with a finite score for every label,
 * or is refused with an error of the runtime's that has a `code` and a message of one line.
 */
export const onnxTarget: FuzzTarget<Uint8Array> = {
  maxMs: 20_000,
  maxMegabytes: 2500,
  loadSeeds: () => Promise.resolve(loadModelSeeds()),
  mutate: (bytes, random) =>
    random.integer(3) === 0 ? mutateMetadata(bytes, random) : mutateBytes(bytes, random),
  run: answerOrRefuse,
  writeFiles: (bytes) => [{ path: name, bytes }],
};

function loadModelSeeds(): Uint8Array[] {
  const included = path.join(import.meta.dirname, "../../pretrained/esc10.onnx");
  const tiny = [buildTinyModel(), buildTinyModel(createTinyMetadata({ format: 1 })), buildTinyFeatureModel()];
  const hostile = hostileModels.map(({ build }) => build()).filter(({ length }) => length < maxSeedBytes);
  // The included model is large, and slow to start: one seed of many.
  return [...tiny, ...tiny, ...tiny, ...hostile, new Uint8Array(readFileSync(included))];
}

/** Numbers, texts and names of the metadata change; the file around them stays whole. */
function mutateMetadata(bytes: Uint8Array, random: Random): Uint8Array {
  const entries = readMetadata(bytes);
  const text = entries.get(metadataKey) ?? "{}";
  const numbers = [
    "0",
    "-1",
    "1e308",
    "1.5",
    "2147483648",
    "9007199254740993",
    "null",
    '"7"',
    "[]",
    "{}",
    "true",
  ];
  const places = [...text.matchAll(/-?\d+(\.\d+)?([eE][-+]?\d+)?|"[^"]*"/g)];
  if (places.length === 0) return mutateBytes(bytes, random);
  const place = at(places, random.integer(places.length));
  const value = at(numbers, random.integer(numbers.length));
  const changed = text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
  return writeMetadata(bytes, entries.set(metadataKey, changed));
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
