import type { InferenceSession } from "onnxruntime-common";
import { BackendError, describeError, OptionError } from "./errors.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import type { Platform } from "./platform.ts";

/** Which execution provider answers, and why those asked for before it do not. */
export interface Backend {
  readonly name: string;
  readonly requested: readonly string[];
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

export interface OpenSession {
  readonly session: InferenceSession;
  readonly ort: OrtRuntime;
  readonly backend: Backend;
}

export interface SessionOptions {
  /** Names in order of preference, e.g. `["cuda", "cpu"]` or `["webgpu", "wasm"]`; the first that starts is taken. */
  readonly executionProviders?: readonly string[];
  /** Threads within one run; ONNX Runtime's own choice unless given. */
  readonly threads?: number;
  /**
   * How far ONNX Runtime rewrites the graph before it runs, `"all"` unless given. `"disabled"` opens our models a
   * quarter sooner in a browser, where the rewriting code itself must first be compiled; each run takes a sixth longer.
   */
  readonly graphOptimizationLevel?: NonNullable<InferenceSession.SessionOptions["graphOptimizationLevel"]>;
}

/** @throws BackendError with every provider's reason when none starts */
export async function openSession(
  model: Uint8Array,
  platform: Pick<Platform<never>, "defaultProviders" | "loadOrt">,
  options: SessionOptions,
): Promise<OpenSession> {
  const requested = options.executionProviders ?? platform.defaultProviders;
  if (requested.length === 0)
    throw new OptionError("executionProviders: expected at least one name, got none");
  const rejected: { name: string; reason: string }[] = [];
  for (const name of requested) {
    try {
      const ort = await platform.loadOrt(name);
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [name],
        logSeverityLevel: 3, // errors: its warnings, about where nodes run, say nothing to an app's users
        ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
        graphOptimizationLevel: options.graphOptimizationLevel ?? "all",
      });
      return { session, ort, backend: { name, requested, rejected } };
    } catch (error) {
      rejected.push({ name, reason: describeError(error) });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new BackendError(
    `executionProviders: expected one of ${requested.join(", ")} to start, got ${reasons}`,
  );
}
