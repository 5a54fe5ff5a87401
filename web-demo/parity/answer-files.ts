import * as z from "zod/mini";
import { createClassifier } from "../../runtime/web.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import { readBytes } from "./answer-inputs.ts";

/** `parity-files.json`: names of sound files that `npm run parity -- --files` serves beside the page. */
const fileListSchema = z.array(z.string());

/**
 * Classifies files that the browser itself decodes, mixes to mono and resamples (`decodeAudioData`).
 * @returns logits of each file, in the order of the model's labels
 */
export async function answerFiles(): Promise<number[][]> {
  const classifier = await createClassifier(await readBytes("model.onnx"), {
    executionProviders: ["wasm"],
    threads: 1,
    allowUnverified: true,
    ...describeOrtSource(document.baseURI),
  });
  const context = new OfflineAudioContext(1, 1, classifier.info.sampleRateHz);
  const list: unknown = await (await fetch("parity-files.json")).json();
  const answers: number[][] = [];
  for (const file of fileListSchema.parse(list)) {
    const bytes = await readBytes(file);
    const sound = await context.decodeAudioData(bytes.slice().buffer);
    const scores = await classifier.classify(sound);
    answers.push(scores.toSorted((one, other) => one.index - other.index).map(({ logit }) => logit));
  }
  await classifier.dispose();
  return answers;
}
