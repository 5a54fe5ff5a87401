/** Our exported model in a page. */
import { openScorer } from "../../runtime/web.ts";
import { type PageTimes, timePage } from "./browser-page.ts";
import { makeInput } from "../inference/inference-settings.ts";

export function run(backend: "wasm" | "webgpu", threads: number): Promise<PageTimes> {
  return timePage(async () => {
    const scorer = await openScorer<number[]>("/model.onnx", { executionProviders: [backend], threads });
    const { values, shape } = makeInput({ input: "features", batch: 1 });
    return () => scorer.score(values, shape);
  });
}
