import { exportTaughtModel } from "../../export/export-taught-model.ts";
import { metadataKey, modelMetadataSchema, type ParityResult } from "../../features/model-metadata.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, stackRows } from "../../heads/matrix.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { addHistograms, compareAnswers, sameAnswer } from "../../runtime/parity/compare-answers.ts";
import type { Classifier, WebSource } from "../../runtime/web.ts";
import { PageError } from "./messages.ts";
import type { ExportRequest, TaughtModel } from "./teach-protocol.ts";

/** Opens a model that took no parity test: the one that is about to take it. */
type OpenUnproven = (bytes: Uint8Array) => Promise<Classifier<WebSource>>;

/**
 * Puts a trained layer into a copy of the model, and tests the copy on whole sounds.
 * @throws PageError `failed-parity` when the copy does not answer as the layer does
 */
export async function exportTaught(
  base: Uint8Array,
  request: ExportRequest,
  openUnproven: OpenUnproven,
): Promise<TaughtModel> {
  const { head, score, thresholds } = request.trained;
  const bytes = exportTaughtModel(base, head, {
    labels: request.labels,
    program: "earshot, taught in the page",
    metrics: score === undefined ? {} : { leftOutAccuracy: score.hits / score.clips },
    thresholds,
  });
  const verdict = await prove(bytes, request, openUnproven);
  return { model: new Blob([addVerdict(bytes, verdict)]), parity: verdict.maxAbsoluteDifference };
}

/** The file as a whole, from sound to logits, against the head on the embeddings that it was trained with. */
async function prove(
  bytes: Uint8Array,
  { trained: { head }, proofs }: ExportRequest,
  openUnproven: OpenUnproven,
): Promise<ParityResult> {
  await using taught = await openUnproven(bytes);
  const details = [];
  for (const [index, { wav, embedding }] of proofs.entries()) {
    const row = normaliseRows(stackRows([embedding]));
    const expected = Float32Array.from(scoreRows(head, row).values);
    const answer = await taught.classify(new Uint8Array(await wav.arrayBuffer()));
    const actual = new Float32Array(expected.length);
    for (const { index: label, logit } of answer) actual[label] = logit;
    details.push(compareAnswers({ name: `clip ${index}`, shape: [1] }, expected, actual));
  }
  const maxAbsoluteDifference = Math.max(...details.map((detail) => detail.maxAbsoluteDifference));
  const agreeing = details.filter(({ topClassAgrees }) => topClassAgrees).length;
  const passed = maxAbsoluteDifference <= sameAnswer && agreeing === details.length;
  if (!passed)
    throw new PageError(
      "failed-parity",
      `model: expected logits within ${sameAnswer} of the trained layer's, got ${maxAbsoluteDifference.toPrecision(3)}`,
    );
  return {
    target: "wasm",
    inputs: details.length,
    maxAbsoluteDifference,
    maxRelativeDifference: Math.max(...details.map((detail) => detail.maxRelativeDifference)),
    topClassAgreement: agreeing / details.length,
    tolerance: sameAnswer,
    passed,
    ulpHistogram: addHistograms(details.map(({ ulpHistogram }) => ulpHistogram)),
  };
}

function addVerdict(bytes: Uint8Array, verdict: ParityResult): Uint8Array<ArrayBuffer> {
  const entries = readMetadata(bytes);
  const metadata = modelMetadataSchema.parse(JSON.parse(entries.get(metadataKey) ?? "null"));
  const proven = { ...metadata, parity: [verdict], graphHash: hashGraph(bytes) };
  return new Uint8Array(writeMetadata(bytes, entries.set(metadataKey, JSON.stringify(proven))));
}
