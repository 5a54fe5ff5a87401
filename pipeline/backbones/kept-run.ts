import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import type { Clip } from "../../datasets/dataset.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { type Backbone, backboneSchema } from "../../features/backbone/backbone.ts";
import { resample } from "../../features/resample/resample.ts";
import { headKinds, type TrainedHead } from "../../heads/train-head.ts";
import { metadataKey, type ModelTerms, parityResultSchema } from "../../features/model-metadata.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { readIfWhole, readJson, writeJson } from "../../run-files/json-file.ts";
import { parityFileSchema } from "../../run-files/parity-file.ts";
import {
  type DatasetReading,
  datasetReadingSchema,
  type ListConfig,
  listConfigSchema,
} from "../../run-files/run-config.ts";
import { writeModelCard } from "../../export/model-card/write-model-card.ts";
import { readModel } from "../../runtime/read-model.ts";
import { nameData } from "../exporting/export-layout.ts";
import type { TargetName } from "../parity/targets/index.ts";
import { openDataset } from "../runs/open-data.ts";
import { exists, listFiles } from "../runs/run-folder.ts";
import { loadBackbone, type LoadedBackbone } from "./load-backbone.ts";
import { type BackboneProof, type NamedSound, proveBackboneModel } from "./prove-backbone.ts";
import { openReferenceScorer } from "./reference-scorer.ts";

/** Clips of each class that the exported file is compared on. */
const parityClipsPerClass = 2;
const maxParityClips = 40;

/** `backbone.json` of a run: which backbone, and the head on it. */
const backboneRunSchema = z.object({
  file: z.string(),
  backbone: backboneSchema,
  kind: z.enum(headKinds),
  strength: z.number().optional(),
  temperature: z.number(),
  /** Earlier runs have none. */
  reading: datasetReadingSchema.default({}),
  head: z.object({
    weights: z.object({
      rows: z.int(),
      columns: z.int(),
      values: z.array(z.number()).transform((values) => Float64Array.from(values)),
    }),
    bias: z.array(z.number()).transform((values) => Float64Array.from(values)),
    nearest: z.object({ labels: z.array(z.int()), classes: z.int(), count: z.int() }).exactOptional(),
  }),
});

/** Whether a run's folder was made by a backbone. */
export async function isBackboneRun(folder: string): Promise<boolean> {
  return await exists(path.join(folder, "backbone.json"));
}

/** What is kept of a run, and the clips of its data set. */
export async function openBackboneRunData(folder: string) {
  const kept = await readJson(path.join(folder, "backbone.json"), backboneRunSchema);
  const config = await readJson(listFiles(folder).config, listConfigSchema);
  if (kept === undefined || config === undefined)
    throw new UserError(
      `${folder}: expected backbone.json and config.json, got none; npx earshot start makes them`,
    );
  const { clips } = await openDataset({ ...kept.reading, data: config.data });
  return { kept, config, clips };
}

/** Compares a run's model with its backbone and head; the verdicts are written into the model. */
export async function compareBackboneRun(
  folder: string,
  { names, thorough }: { readonly names: readonly (TargetName | "tfjs")[]; readonly thorough: boolean },
): Promise<BackboneProof> {
  const files = listFiles(folder);
  const { kept, config, clips } = await openBackboneRunData(folder);
  const loaded = await loadBackbone(kept.file);
  const bytes = await readFile(files.model);
  const proof = await proveOn(
    names.filter((name) => name !== "tfjs"),
    { bytes, loaded, head: kept.head, clips: thorough ? clips : pickClips(clips) },
  );
  await keepProof(folder, proof, config);
  return proof;
}

/** Writes terms into a run's model and its card; those that it has and that are not given stay. @returns the model */
export async function relicenseBackboneRun(folder: string, terms: ModelTerms): Promise<string> {
  const files = listFiles(folder);
  const bytes = await readFile(files.model);
  const config = await readJson(files.config, listConfigSchema);
  if (config === undefined)
    throw new UserError(`${folder}: expected config.json, got none; npx earshot start makes it`);
  const entries = readMetadata(bytes).set(
    metadataKey,
    JSON.stringify({ ...readModel(bytes, files.model), ...terms }),
  );
  const relicensed = writeMetadata(bytes, entries);
  await writeFileAtomically(files.model, relicensed);
  await writeCard(folder, relicensed, config);
  return files.model;
}

/** The model with its verdicts, its card, and `parity.json` for the report. */
export async function keepProof(
  folder: string,
  { bytes, outcomes }: BackboneProof,
  config: ListConfig,
): Promise<void> {
  const files = listFiles(folder);
  const results = outcomes.flatMap(({ report }) => (report ? [parityResultSchema.parse(report)] : []));
  const known = await readIfWhole(files.parity, parityFileSchema);
  const graphHash = hashGraph(bytes);
  const kept = known?.graphHash === graphHash ? known.results : [];
  await writeJson(files.parity, {
    graphHash,
    results: [...kept.filter((old) => !results.some(({ target }) => target === old.target)), ...results],
  });
  await writeFileAtomically(files.model, bytes);
  await writeCard(folder, bytes, config);
}

async function writeCard(folder: string, model: Uint8Array, config: ListConfig): Promise<void> {
  const facts = { name: path.basename(folder), data: nameData(config), testFolds: [] };
  const card = writeModelCard(readModel(model, listFiles(folder).model), facts);
  await writeFileAtomically(path.join(folder, "model-card.md"), card);
}

/** Asks targets about whole clips and the edges. */
export async function proveOn(
  targets: readonly TargetName[],
  {
    bytes,
    clips,
    loaded,
    head,
  }: {
    readonly bytes: Uint8Array;
    readonly clips: readonly Clip[];
    readonly loaded: LoadedBackbone;
    readonly head: TrainedHead["head"];
  },
) {
  const sounds: NamedSound[] = [];
  for (const clip of clips) sounds.push(await readSound(clip, loaded.backbone));
  const reference = await openReferenceScorer(loaded, head);
  try {
    return await proveBackboneModel(bytes, sounds, reference, targets);
  } finally {
    await reference.dispose();
  }
}

async function readSound({ id, path: file, range }: Clip, { sampleRateHz }: Backbone): Promise<NamedSound> {
  const { samples } = await resample(await decodeAudio(await readFile(file), id), sampleRateHz);
  const start = Math.round((range?.startSeconds ?? 0) * sampleRateHz);
  const end = range === undefined ? samples.length : Math.round(range.endSeconds * sampleRateHz);
  return { name: id, samples: samples.slice(start, end) };
}

/** The first clips of each class. */
export function pickClips(clips: readonly Clip[]): Clip[] {
  const taken = new Map<string, number>();
  const picked = clips.filter(({ label }) => {
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < parityClipsPerClass;
  });
  return picked.slice(0, maxParityClips);
}

/** What a later parity test needs beside the model. */
export function describeHead(
  { backbone, file }: LoadedBackbone,
  { head, kind, strength, temperature }: TrainedHead,
  reading: DatasetReading,
): object {
  const { weights, bias, nearest } = head;
  return {
    file: path.resolve(file),
    backbone,
    kind,
    strength,
    temperature,
    reading,
    head: {
      weights: { rows: weights.rows, columns: weights.columns, values: [...weights.values] },
      bias: [...bias],
      ...(nearest && { nearest: { ...nearest, labels: [...nearest.labels] } }),
    },
  } satisfies z.input<typeof backboneRunSchema>;
}
