import type { InferenceSession } from "onnxruntime-common";
import { countColumns } from "../features/meyda/scalar-features.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { ModelError } from "./errors.ts";

type SessionShape = Pick<InferenceSession, "inputMetadata" | "outputMetadata" | "outputNames">;

/**
 * Compares what a model says about itself with its graph's input and scores, before anything is computed. What the
 * graph leaves open (a named dimension) is found out when it answers.
 * @throws ModelError `bad-graph` that lists all differences
 */
export function checkGraph(
  { inputMetadata, outputMetadata, outputNames }: SessionShape,
  { input, features, labels }: Pick<ModelMetadata, "input" | "features" | "labels">,
  name: string,
): void {
  const expected = input === "samples" ? ["batch", "samples"] : ["batch", "frames", countColumns(features)];
  const scores = outputNames.includes("logits") ? "logits" : outputNames[0];
  const output = outputMetadata.find((value) => value.name === scores);
  const problems = [
    inputMetadata.length === 1 ? undefined : `1 input, got ${inputMetadata.length}`,
    findProblem("input", inputMetadata[0], expected),
    findProblem("output", output, ["batch", labels.length]),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0)
    throw new ModelError("bad-graph", `${name}: expected a graph with ${problems.join("; with ")}`);
}

/** @param expected sizes; a name stands for any size, of more than one clip or frame */
function findProblem(
  role: string,
  value: InferenceSession.ValueMetadata | undefined,
  expected: readonly (number | string)[],
): string | undefined {
  const wanted = `${role} float32 [${expected.join(", ")}]`;
  if (value === undefined) return `${wanted}, got none`;
  if (!value.isTensor) return `${wanted}, got no tensor`;
  const { type, shape } = value;
  const fits =
    type === "float32" &&
    shape.length === expected.length &&
    shape.every(
      (size, axis) =>
        typeof size !== "number" || size < 0 || size === expected[axis] || isFree(expected[axis]),
    );
  return fits ? undefined : `${wanted}, got ${type} [${shape.slice(0, 8).join(", ").slice(0, 80)}]`;
}

function isFree(size: number | string | undefined): boolean {
  return typeof size === "string";
}
