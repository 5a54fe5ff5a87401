import type { ModelMetadata } from "../features/model-metadata.ts";
import type { FeatureShape } from "../features/scorer.ts";
import { openExtractor } from "../features/open-extractor.ts";
import { Classifier } from "./classifier.ts";
import {
  type ClipScorer,
  createFeatureClipScorer,
  createFittingScorer,
  createSampleClipScorer,
  fitFeatures,
} from "./clip-scorer.ts";
import { checkGraph } from "./check-graph.ts";
import { ModelError } from "./errors.ts";
import type { FeatureParts } from "./timeline/feature-parts.ts";
import type { ClassifierInfo } from "./loaded-model.ts";
import { type OpenSession, openSession, type SessionOptions } from "./open-session.ts";
import { createOrtFunction, createOrtScorer, type OrtFunction, type SampleShape } from "./ort-scorer.ts";
import { type StopSignal, throwIfAborted } from "./platform.ts";
import { type BytesInMemory, isBytesInMemory, nameBytes } from "./audio/read-bytes.ts";
import { checkDeployable, readModel, refuseBrokenSeal } from "./read-model.ts";
import type { WindowNetwork } from "./timeline/window-network.ts";
import { createSoundReader, type ReadingPlatform } from "./audio/sound-reader.ts";

/**
 * What `createClassifier` takes everywhere.
 *
 *     await createClassifier("model.onnx", { allowUnverified: true, signal: AbortSignal.timeout(5_000) });
 */
export interface ClassifierOptions extends SessionOptions {
  /**
   * Accept a model that never took the parity test, failed it, or has no seal (never one that its seal denies). Default
   * false.
   */
  readonly allowUnverified?: boolean;
  /** Called once with what scores clips: for programs that let windows of several calls share a run. */
  readonly wrapScorer?: (scorer: ClipScorer) => ClipScorer;
  readonly signal?: StopSignal;
}

/**
 * Reads, checks and starts a model. The entries `node.ts` and `web.ts` give it their platform.
 * @throws ModelError when the model is refused (its `code` says why), BackendError when no execution provider starts
 */
export async function createClassifierOn<Source extends object | string>(
  platform: ReadingPlatform<Source>,
  model: Source | BytesInMemory,
  options: ClassifierOptions = {},
): Promise<Classifier<Source>> {
  throwIfAborted(options.signal);
  const { name, bytes } = isBytesInMemory(model)
    ? nameBytes(model, "model")
    : await platform.read(model, options.signal);
  throwIfAborted(options.signal);
  const metadata = readModel(bytes, name);
  const refusal = findRefusal(metadata, bytes, name);
  if (refusal !== undefined && options.allowUnverified !== true) throw refusal;
  refuseBrokenSeal(metadata, bytes, name);
  const opened = await openSession(bytes, platform, options);
  await releaseIfRefused(opened, () => {
    checkGraph(opened.session, metadata, name);
  });
  const backend = { ...options, executionProviders: [opened.backend.name] };
  const { scorer: bare, openParts } = await openModel(opened, metadata, bytes, (half, threads) =>
    openSession(half, platform, { ...backend, ...threads }),
  );
  const scorer = options.wrapScorer?.(bare) ?? bare;
  const info: ClassifierInfo = {
    ...metadata,
    sampleRateHz: metadata.features.sampleRateHz,
    windowSeconds: metadata.features.clipSeconds,
    verified: refusal === undefined,
  };
  const here = createSoundReader(platform);
  const reader = platform.createReader?.(here) ?? here;
  return new Classifier(
    {
      info,
      backend: opened.backend,
      scorer,
      openParts,
      reader,
      openExtractor: () => openExtractor(metadata.features, opened.ort),
      openTrunk: async () => {
        const { cutHead } = await import("../onnx/rewrite/cut-head.ts"); // few apps ask for embeddings
        const trunk = cutHead(bytes);
        if (trunk === undefined) return undefined;
        const half = await openSession(trunk.bytes, platform, backend);
        const { scorer: embedder } = await openModel(half, metadata, trunk.bytes, () => {
          throw new Error("trunk: expected whole sounds alone");
        });
        return embedder;
      },
    },
    platform,
  );
}

async function releaseIfRefused({ session }: OpenSession, check: () => void): Promise<void> {
  try {
    check();
  } catch (error) {
    await session.release();
    throw error;
  }
}

function findRefusal(metadata: ModelMetadata, bytes: Uint8Array, name: string): ModelError | undefined {
  try {
    checkDeployable(metadata, bytes, name);
    return undefined;
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
}

interface OpenModel {
  readonly scorer: ClipScorer;
  readonly openParts: () => Promise<FeatureParts | undefined>;
}

/** Its features are inside the file, or computed here. */
async function openModel(
  { session, ort }: OpenSession,
  { format, input, features, precision }: ModelMetadata,
  bytes: Uint8Array,
  openAnother: (model: Uint8Array, threads?: Pick<SessionOptions, "threads">) => Promise<OpenSession>,
): Promise<OpenModel> {
  const fit = (scorer: ClipScorer): ClipScorer =>
    format === 1 ? createFittingScorer(scorer, features) : scorer;
  const open = async (model: Uint8Array): Promise<OrtFunction<FeatureShape>> => {
    const opened = await openAnother(model);
    return createOrtFunction(opened.session, opened.ort);
  };
  // A quantised network has tensors of other types where it would be cut.
  const openNetwork = async (model: Uint8Array): Promise<WindowNetwork> => {
    const { openPlainNetwork, openWindowNetwork } = await import("./timeline/window-network.ts"); // for long sounds alone
    return await (precision === undefined ? openWindowNetwork : openPlainNetwork)(model, open);
  };
  if (input === "features") {
    const scorer = createOrtScorer(session, ort);
    const network = format === 1 ? scorer : fitFeatures(scorer, features);
    const extractor = await openExtractor(features, ort);
    const dispose = async (): Promise<void> => {
      await Promise.all([scorer.dispose(), extractor.dispose()]);
    };
    return {
      scorer: fit(createFeatureClipScorer({ network, extractor, dispose })),
      openParts: async () => {
        if (format === 1) return undefined; // whose samples are fitted before they have frames
        const own = fitFeatures(await openNetwork(bytes), features);
        return { network: own, extractor, toPower: Math.expm1, dispose: () => own.dispose() };
      },
    };
  }
  return {
    scorer: fit(createSampleClipScorer(createOrtScorer<SampleShape>(session, ort))),
    openParts: async () => {
      if (format === 1) return undefined;
      const { openFeatureParts } = await import("./timeline/feature-parts.ts");
      return await openFeatureParts(bytes, features.melBands, {
        // A second pool of threads would spin while the network's works, and there are few frames at a time.
        openFeatures: async (model) => {
          const opened = await openAnother(model, { threads: 1 });
          return createOrtScorer<SampleShape>(opened.session, opened.ort);
        },
        openNetwork,
      });
    },
  };
}
