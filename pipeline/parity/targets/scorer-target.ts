import { openScorer } from "../../../runtime/node.ts";
import type { ShapedScorer } from "../../../runtime/ort-scorer.ts";
import type { ParityInput } from "../../../runtime/parity/parity-inputs.ts";
import { type Target, type TargetAnswer, UnavailableError } from "./target.ts";
import { describeError } from "../../../common/describe-error.ts";

/** onnxruntime-node with an execution provider of its own. */
export function nodeTarget(provider: "cpu" | "cuda"): Target {
  return async (model, inputs) => {
    const scorer = await openScorer(model, { executionProviders: [provider] }).catch((error: unknown) => {
      throw new UnavailableError(describeError(error));
    });
    const answers = await askScorer(scorer, inputs);
    await scorer.dispose();
    return answers;
  };
}

/** Asks one input after the other; one that fails does not stop the others. */
export async function askScorer(
  scorer: ShapedScorer<readonly number[]>,
  inputs: readonly ParityInput<readonly number[]>[],
): Promise<TargetAnswer[]> {
  const answers: TargetAnswer[] = [];
  for (const { values, shape } of inputs) {
    const start = performance.now();
    try {
      const logits = await scorer.score(values, shape);
      answers.push({ logits, ms: performance.now() - start });
    } catch (error) {
      answers.push({ error: describeError(error) });
    }
  }
  return answers;
}
