import { type SessionOptions, openSession } from "./open-session.ts";
import { createOrtScorer, type ShapedScorer } from "./ort-scorer.ts";
import type { Platform } from "./platform.ts";
import { type BytesInMemory, isBytesInMemory, nameBytes } from "./audio/read-bytes.ts";

/**
 * Any ONNX model with one float32 input as a Scorer, for `verifyParity` and `compareScorers`; the entries `node.ts`
 * and `web.ts` give it their platform. @throws BackendError when no execution provider starts
 */
export async function openScorerOn<Source extends object | string, Shape extends readonly number[]>(
  platform: Platform<Source>,
  model: Source | BytesInMemory,
  options: SessionOptions,
): Promise<ShapedScorer<Shape>> {
  const { bytes } = isBytesInMemory(model) ? nameBytes(model, "model") : await platform.read(model);
  const { session, ort } = await openSession(bytes, platform, options);
  const scorer = createOrtScorer<Shape>(session, ort);
  return { ...scorer, score: (values, shape) => platform.enqueue(() => scorer.score(values, shape)) };
}
