import * as z from "zod/mini";
import { openScorer, type ShapedScorer } from "../../runtime/web.ts";
import { countThreads } from "../model/backends.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import { describeError } from "../../common/describe-error.ts";

/** `parity-inputs.json`, which `npm run parity` serves beside the page: each input's values lie in a file of float32. */
const inputListSchema = z.array(z.object({ shape: z.array(z.int()), file: z.string() }));

/** What the page answers to one input: logits or why there are none, and how long they took. */
export interface PageAnswer {
  readonly logits?: number[];
  readonly error?: string;
  readonly ms: number;
}

export function openModel(model: Uint8Array, provider: string): Promise<ShapedScorer<readonly number[]>> {
  const isThreaded = provider === "wasm" && crossOriginIsolated;
  return openScorer(model, {
    executionProviders: [provider],
    threads: isThreaded ? countThreads() : 1,
    ...describeOrtSource(document.baseURI),
  });
}

/** Runs `model.onnx` on every input that lies beside the page; one that fails does not stop the others. */
export async function answerInputs(provider: string): Promise<PageAnswer[]> {
  const scorer = await openModel(await readBytes("model.onnx"), provider);
  const list: unknown = await (await fetch("parity-inputs.json")).json();
  const answers: PageAnswer[] = [];
  for (const { shape, file } of inputListSchema.parse(list)) {
    const bytes = await readBytes(file);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const start = performance.now();
    try {
      answers.push({ logits: [...(await scorer.score(values, shape))], ms: performance.now() - start });
    } catch (error) {
      answers.push({ error: describeError(error), ms: 0 });
    }
  }
  await scorer.dispose();
  return answers;
}

export async function readBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: expected a file, got HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
