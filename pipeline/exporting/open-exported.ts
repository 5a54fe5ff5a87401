import { UserError } from "../../common/user-error.ts";
import { capList } from "../../common/cap-list.ts";
import { describeError } from "../../common/describe-error.ts";

/**
 * Opens an exported model with ONNX Runtime before it takes its place, so that no file is written which ONNX Runtime
 * refuses, with the optimisation that sessions have by default: it changes the graph, and has failed where "basic" did
 * not. Where onnxruntime-node is not installed, nothing is opened.
 * @param model the file, or its bytes
 * @throws UserError with what ONNX Runtime says
 */
export async function expectRuntimeOpens(model: string | Uint8Array): Promise<void> {
  const ort = await import("onnxruntime-node").catch(() => undefined);
  if (ort === undefined) return;
  const options = { logSeverityLevel: 4, graphOptimizationLevel: "all", intraOpNumThreads: 1 } as const;
  try {
    const session = await (typeof model === "string"
      ? ort.InferenceSession.create(model, options)
      : ort.InferenceSession.create(model, options));
    await session.release();
  } catch (error) {
    const reason = describeError(error);
    const [short = ""] = capList([reason], 250);
    throw new UserError(
      `nothing is written, for ONNX Runtime refuses the exported model; please report: ${short}`,
      {
        cause: error,
      },
    );
  }
}
