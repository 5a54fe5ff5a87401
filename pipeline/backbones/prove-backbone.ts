import { parityResultSchema, parityVerdictSchema, metadataKey } from "../../features/model-metadata.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { readModel } from "../../runtime/read-model.ts";
import { sameAnswer, sameBackboneEdge } from "../../runtime/parity/compare-answers.ts";
import type { ParityInput } from "../../runtime/parity/parity-inputs.ts";
import { compareTargets, describeLimits, type TargetOutcome } from "../parity/compare-targets.ts";
import type { TargetName } from "../parity/targets/index.ts";
import { formatParityReport, summariseDetails } from "../../runtime/parity/parity.ts";
import type { ReferenceScorer } from "./reference-scorer.ts";

/** A whole sound at the backbone's rate. */
export interface NamedSound {
  readonly name: string;
  readonly samples: Float32Array;
}

export interface BackboneProof {
  readonly outcomes: readonly TargetOutcome[];
  /** The model with the verdicts in its metadata. */
  readonly bytes: Uint8Array;
  readonly inputs: number;
  /** What to say when answers differ. */
  readonly failure?: string;
}

/** Compares an exported model with the backbone's own file and the head beside it, on whole sounds and edges. */
export async function proveBackboneModel(
  bytes: Uint8Array,
  sounds: readonly NamedSound[],
  reference: ReferenceScorer,
  targets: readonly TargetName[],
): Promise<BackboneProof> {
  const metadata = readModel(bytes, "model");
  const inputs = [...sounds, ...makeEdges(metadata.features.sampleRateHz)].map(
    ({ name, samples }): ParityInput<readonly number[]> => ({
      name,
      values: samples,
      shape: [1, samples.length],
    }),
  );
  const answers = [];
  for (const { values } of inputs) {
    const startMs = performance.now();
    const logits = await reference.score(values);
    answers.push({ logits, ms: performance.now() - startMs });
  }
  const isSound = (name: string): boolean => sounds.some((sound) => sound.name === name);
  const compared = await compareTargets(
    targets,
    bytes,
    inputs,
    { name: "tfjs", answers },
    { ...describeLimits(metadata, sounds), tolerance: sameBackboneEdge },
  );
  const failures: string[] = [];
  const outcomes = compared.map((outcome) => {
    if (outcome.report === undefined) return outcome;
    const { target, details, meanMs } = outcome.report;
    const judge = (judged: typeof details, tolerance: number) => {
      const report = summariseDetails(judged, { target, tolerance });
      if (!report.passed) failures.push(formatParityReport(report, metadata.labels));
      return report;
    };
    judge(
      details.filter(({ name }) => !isSound(name)),
      sameBackboneEdge,
    );
    const report = judge(
      details.filter(({ name }) => isSound(name)),
      sameAnswer,
    );
    return { ...outcome, report: { ...report, ...(meanMs !== undefined && { meanMs }) } };
  });
  const graphHash = hashGraph(bytes);
  const kept = metadata.graphHash === graphHash ? metadata.parity : [];
  const results = outcomes.flatMap(({ report }) =>
    report === undefined ? [] : [parityResultSchema.parse(report)],
  );
  const parity = [
    ...kept.filter((old) => !results.some(({ target }) => target === old.target)),
    ...results.map((result) => parityVerdictSchema.parse(result)),
  ];
  const entries = readMetadata(bytes).set(metadataKey, JSON.stringify({ ...metadata, parity, graphHash }));
  return {
    outcomes,
    bytes: writeMetadata(bytes, entries),
    inputs: inputs.length,
    ...(failures.length > 0 && { failure: failures.join("\n") }),
  };
}

/** Silence, full scale, a click, a sound shorter than any window, and one that its windows do not fill. */
function makeEdges(sampleRateHz: number): NamedSound[] {
  const make = (name: string, length: number, fill: (index: number) => number): NamedSound => ({
    name,
    samples: Float32Array.from({ length }, (_, index) => fill(index)),
  });
  return [
    make("zeros", sampleRateHz, () => 0),
    make("full scale", sampleRateHz, (index) => (index % 32 < 16 ? 1 : -1)),
    make("impulse", sampleRateHz, (index) => (index === 4321 ? 1 : 0)),
    make("100 ms", Math.round(sampleRateHz / 10), (index) => 0.5 * Math.sin(0.1 * index)),
    make("7.3 s", Math.round(7.3 * sampleRateHz), (index) => 0.5 * Math.sin(1e-5 * index ** 2)),
  ];
}
