import type { InferenceSession } from "onnxruntime-common";
import { buildIdentityModel } from "../onnx/identity-model.ts";
import { describeValue } from "./audio/describe-value.ts";
import { BackendError, ModelError, OptionError } from "./errors.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import type { Platform } from "./platform.ts";
import { describeError } from "../common/describe-error.ts";

/**
 * Which execution provider answers, and why those asked for before it do not.
 *
 *     for (const { name, reason } of classifier.backend.rejected) console.warn(name, reason);
 */
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

/** They run every graph that is valid: what they refuse is the graph's fault. */
const processors: readonly string[] = ["cpu", "wasm"];
const optimisationLevels: readonly unknown[] = ["disabled", "basic", "extended", "layout", "all"];

/**
 * Starts a model on the first execution provider that can.
 * @throws BackendError with every provider's reason when none starts; ModelError `bad-graph` when a processor starts,
 *   but not with this model, whether a processor was asked for or not; OptionError
 */
export async function openSession(
  model: Uint8Array,
  platform: Pick<Platform<never>, "defaultProviders" | "loadOrt">,
  options: SessionOptions,
): Promise<OpenSession> {
  checkOptions(options);
  const requested = options.executionProviders ?? platform.defaultProviders;
  const rejected: { name: string; reason: string }[] = [];
  for (const name of requested) {
    try {
      const ort = await platform.loadOrt(name);
      const session = await createSession(ort, name, model, options);
      return { session, ort, backend: { name, requested, rejected } };
    } catch (error) {
      if (error instanceof ModelError) throw error;
      rejected.push({ name, reason: describeError(error) });
    }
  }
  if (!requested.some((name) => processors.includes(name))) await blameGraph(model, platform, options);
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new BackendError(
    `executionProviders: expected one of ${requested.join(", ")} to start, got ${reasons}`,
  );
}

/** A GPU may refuse a valid graph. Whether it is valid, this platform's processor says. @throws ModelError `bad-graph` */
async function blameGraph(
  model: Uint8Array,
  platform: Pick<Platform<never>, "defaultProviders" | "loadOrt">,
  options: SessionOptions,
): Promise<void> {
  const name = platform.defaultProviders.find((provider) => processors.includes(provider));
  if (name === undefined) return;
  try {
    const session = await createSession(await platform.loadOrt(name), name, model, options);
    await session.release();
  } catch (error) {
    if (error instanceof ModelError) throw error; // else there is no processor to ask
  }
}

async function createSession(
  ort: OrtRuntime,
  provider: string,
  model: Uint8Array,
  { threads, graphOptimizationLevel = "all" }: SessionOptions,
): Promise<InferenceSession> {
  const create = (bytes: Uint8Array): Promise<InferenceSession> =>
    ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: 4, // what it would print, its errors say too
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      graphOptimizationLevel,
      ...(provider === "cpu" && { extra: { session: { intra_op: { spin_duration_us: String(spinUs) } } } }),
    });
  try {
    return await create(model);
  } catch (error) {
    if (!processors.includes(provider)) throw error;
    const trivial = await create(buildIdentityModel()).catch(() => undefined);
    if (trivial === undefined) throw error; // it opens nothing: the provider is at fault
    await trivial.release();
    throw new ModelError(
      "bad-graph",
      `model: expected a graph that ONNX Runtime can run, got ${describeError(error)}`,
      { cause: error },
    );
  }
}

/**
 * How long a thread of ONNX Runtime's waits for work before it sleeps. Its own choice is a thousand times as long, and
 * takes the processor from the decoding between two runs; inside a run the pauses are shorter than this.
 */
const spinUs = 50;

/** Callers in plain JavaScript have no types. @throws OptionError */
function checkOptions({ executionProviders, threads, graphOptimizationLevel }: SessionOptions): void {
  const providers: unknown = executionProviders ?? ["cpu"];
  if (
    !Array.isArray(providers) ||
    providers.length === 0 ||
    !providers.every((name) => typeof name === "string" && /^[\w-]{1,40}$/.test(name))
  )
    throw new OptionError(
      `executionProviders: expected a list of at least one name, got ${describeValue(executionProviders)}`,
    );
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 0 && threads <= 1024))
    throw new OptionError(`threads: expected a whole number from 0 to 1024, got ${describeValue(threads)}`);
  if (graphOptimizationLevel !== undefined && !optimisationLevels.includes(graphOptimizationLevel))
    throw new OptionError(
      `graphOptimizationLevel: expected ${optimisationLevels.join(", ")}, got ${describeValue(graphOptimizationLevel)}`,
    );
}
