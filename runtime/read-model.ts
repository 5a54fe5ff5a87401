import * as z from "zod/mini";
import { hashFeatureConfig } from "../features/feature-config.ts";
import {
  metadataFormat,
  metadataKey,
  type ModelMetadata,
  modelMetadataSchema,
} from "../features/model-metadata.ts";
import { checkExtractionConfig } from "../features/check-config.ts";
import { countClipSamples } from "../features/fit-clip.ts";
import { computeSeal } from "../features/model-seal.ts";
import { UserError } from "../common/user-error.ts";
import { rateLimitsHz } from "../features/audio/decode-track.ts";
import { hashGraph, readMetadata } from "../onnx/read-metadata.ts";
import { OnnxFormatError } from "../onnx/wire-format.ts";
import { ModelError } from "./errors.ts";
import { describeError } from "../common/describe-error.ts";

/** Ten minutes at 48 kHz; a window of this length takes 115 MB. */
const maxClipSamples = 600 * 48_000;
/** Problems that a message lists; the others are counted. */
const maxProblems = 3;

/**
 * What a model file says about itself.
 *
 *     const { labels } = readModel(await readFile("model.onnx"), "model.onnx");
 *
 * @param name what messages call the file
 * @throws ModelError `not-onnx`, `no-metadata`, `bad-metadata`, `newer-format` or `other-features`
 */
export function readModel(bytes: Uint8Array, name: string): ModelMetadata {
  const content = parseContent(readEntries(bytes, name), name);
  refuseNewerFormat(content, name);
  const parsed = modelMetadataSchema.safeParse(content);
  if (!parsed.success) throw describeProblems(parsed.error.issues, name);
  refuseOtherFeatures(parsed.data, name);
  refuseImpossibleFeatures(parsed.data, name);
  return parsed.data;
}

/**
 * Refuses a model that is not proven to answer as the trained network did.
 * @throws ModelError `unverified` when it never took the parity test, `failed-parity` when it failed on any target,
 *   `changed-after-parity` when its graph is another one than the tested, `changed-after-export` when it has no seal
 *   or one of something else
 */
export function checkDeployable(metadata: ModelMetadata, bytes: Uint8Array, name: string): void {
  const remedy = "Run `npx earshot parity` on it, or allow unverified models.";
  if (metadata.parity.length === 0)
    throw new ModelError(
      "unverified",
      `${name}: expected a model that passed the parity test, got one that never took it. ${remedy}`,
    );
  const failures = metadata.parity.filter((result) => !result.passed);
  if (failures.length > 0)
    throw new ModelError(
      "failed-parity",
      `${name}: expected a model that passed the parity test, got one that failed it: ${failures
        .map(
          ({ target, maxAbsoluteDifference, topClassAgreement, tolerance }) =>
            `${target} differs by ${maxAbsoluteDifference.toPrecision(3)} (tolerance ${tolerance}), ` +
            `same class ${(100 * topClassAgreement).toFixed(1)} %`,
        )
        .join("; ")}. ${remedy}`,
    );
  if (metadata.graphHash !== undefined && metadata.graphHash !== hashGraph(bytes))
    throw new ModelError(
      "changed-after-parity",
      `${name}: expected the graph that passed the parity test, got one that was changed after it. ${remedy}`,
    );
  refuseMissingSeal(metadata, name);
  refuseBrokenSeal(metadata, bytes, name);
}

function refuseMissingSeal(metadata: ModelMetadata, name: string): void {
  if (metadata.format === 1 || metadata.seal !== undefined) return; // files of format 1 have none
  throw new ModelError(
    "changed-after-export",
    `${name}: expected the labels, features and graph that were exported, got no seal; export the model again, ` +
      "or allow unverified models",
  );
}

/**
 * Two labels that changed places answer with a wrong class and no error: only the seal shows it. So a seal of something
 * else is refused of unverified models too; a file without one is merely unverified.
 * @throws ModelError `changed-after-export`
 */
export function refuseBrokenSeal(metadata: ModelMetadata, bytes: Uint8Array, name: string): void {
  if (metadata.seal === undefined || metadata.seal === computeSeal(metadata, bytes)) return;
  throw new ModelError(
    "changed-after-export",
    `${name}: expected the labels, features and graph that were exported, got another seal; export the model again`,
  );
}

function readEntries(bytes: Uint8Array, name: string): Map<string, string> {
  try {
    return readMetadata(bytes);
  } catch (error) {
    if (!(error instanceof OnnxFormatError)) throw error;
    throw new ModelError("not-onnx", `${name}: ${describeError(error)}`, { cause: error });
  }
}

function parseContent(entries: Map<string, string>, name: string): unknown {
  const text = entries.get(metadataKey);
  if (text === undefined)
    throw new ModelError(
      "no-metadata",
      `${name}: expected an ONNX model that earshot exported, got one without its metadata ` +
        `(keys: ${[...entries.keys()].slice(0, 5).join(", ").slice(0, 100) || "none"})`,
    );
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelError("bad-metadata", `${name}: expected metadata in JSON, got ${text.slice(0, 40)}`, {
      cause: error,
    });
  }
}

function refuseNewerFormat(content: unknown, name: string): void {
  const { success, data } = z.object({ format: z.number() }).safeParse(content);
  if (success && data.format > metadataFormat)
    throw new ModelError(
      "newer-format",
      `${name}: expected a model of format ${metadataFormat} or older, got format ${data.format}; update earshot`,
    );
}

/** A feature setting that this program does not know means features that it cannot make. */
function describeProblems(issues: readonly z.core.$ZodIssue[], name: string): ModelError {
  const code = issues.every(({ path }) => path[0] === "features") ? "other-features" : "bad-metadata";
  const problems = issues
    .slice(0, maxProblems)
    .map(({ path, message }) => `${path.join(".").slice(0, 60) || "metadata"}: ${message.slice(0, 100)}`);
  if (issues.length > maxProblems) problems.push(`and ${issues.length - maxProblems} more`);
  return new ModelError(code, `${name}: expected metadata of earshot, got problems: ${problems.join("; ")}`);
}

function refuseOtherFeatures({ features, featureHash }: ModelMetadata, name: string): void {
  const known = hashFeatureConfig(features);
  if (known !== featureHash)
    throw new ModelError(
      "other-features",
      `${name}: expected features with hash ${known}, which this program makes, got ${featureHash}`,
    );
}

/** Settings that no extractor or graph can have; a clip's length decides how much memory a window takes. */
function refuseImpossibleFeatures({ features, input, backbone }: ModelMetadata, name: string): void {
  const { min, max } = rateLimitsHz;
  const { sampleRateHz } = features;
  if (sampleRateHz < min || sampleRateHz > max)
    throw new ModelError(
      "bad-metadata",
      `${name}: features.sampleRateHz: expected ${min} to ${max} Hz, got ${sampleRateHz}`,
    );
  const clipSamples = countClipSamples(features);
  if (clipSamples > maxClipSamples)
    throw new ModelError(
      "bad-metadata",
      `${name}: features.clipSeconds: expected at most ${maxClipSamples} samples a clip, got ${clipSamples}`,
    );
  if (backbone !== undefined) return; // its own graph makes the features
  try {
    checkExtractionConfig(features, input === "samples" ? "graph" : "meyda");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new ModelError("bad-metadata", `${name}: ${error.message}`, { cause: error });
  }
}
