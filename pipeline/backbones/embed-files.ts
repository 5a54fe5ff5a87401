import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-node";
import { decodeAudio } from "../../features/audio/decode.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import { resample } from "../../features/resample/resample.ts";
import { normaliseRows, stackRows } from "../../heads/matrix.ts";
import { poolEmbeddings } from "../../heads/pool-windows.ts";
import { createClassifier, type WindowEmbedding } from "../../runtime/node.ts";
import { embedEachWindow } from "../../runtime/timeline/place-windows.ts";
import { createProgress } from "../screen/progress.ts";
import { requireBackbone } from "./chosen-backbone.ts";
import { type BackboneFileArguments, loadBackbone, readBackboneOptions } from "./load-backbone.ts";

/** A file, or a part of it, and its vector. */
export interface EmbeddedFile extends Partial<Pick<WindowEmbedding, "startSeconds" | "endSeconds">> {
  readonly file: string;
  readonly vector: Float32Array;
}

/** What makes the vectors, as the options say. */
export interface EmbedArguments extends BackboneFileArguments {
  /** A model of ours: its vectors are `classifier.embed`'s. */
  readonly model?: string | undefined;
  /** Else this file, or the backbone that is set up: mean ++ maximum over its windows, of length 1. */
  readonly backbone?: string | undefined;
}

/** Both make a vector of a whole file, and of each of its windows. */
interface FileEmbedder {
  embed(file: string): Promise<Float32Array>;
  embedWindows(file: string): Promise<readonly WindowEmbedding[]>;
  dispose(): Promise<void>;
}

/**
 * One vector a file, in the files' order, or one a window.
 * @throws UserError for a file that is no sound audio, no backbone
 */
export async function embedFiles(
  files: readonly string[],
  args: EmbedArguments,
  { perWindow = false }: { readonly perWindow?: boolean } = {},
): Promise<EmbeddedFile[]> {
  const embedder =
    args.model === undefined
      ? await openBackboneEmbedder(args)
      : await createClassifier(args.model, { allowUnverified: true });
  const progress = createProgress("embeddings");
  const embedded: EmbeddedFile[] = [];
  try {
    for (const [index, file] of files.entries()) {
      if (perWindow)
        for (const { embedding: vector, ...times } of await embedder.embedWindows(file))
          embedded.push({ file, ...times, vector });
      else embedded.push({ file, vector: await embedder.embed(file) });
      progress.update(index + 1, files.length);
    }
    return embedded;
  } finally {
    progress.end();
    await embedder.dispose();
  }
}

async function openBackboneEmbedder(args: EmbedArguments): Promise<FileEmbedder> {
  const loaded = await loadBackbone(await requireBackbone(args.backbone), await readBackboneOptions(args));
  const embedder = await createBackboneEmbedder(loaded, ort);
  const { sampleRateHz } = embedder;
  const { windowSamples } = loaded.backbone;
  const read = async (file: string): Promise<Float32Array> =>
    (await resample(await decodeAudio(await readFile(file), file), sampleRateHz)).samples;
  const embed = async (samples: Float32Array): Promise<Float32Array> => {
    const { dimensions, values } = await embedder.embed(samples);
    return Float32Array.from(normaliseRows(stackRows([poolEmbeddings(values, dimensions)])).values);
  };
  return {
    embed: async (file) => embed(await read(file)),
    embedWindows: async (file) => embedEachWindow(await read(file), { windowSamples, sampleRateHz }, embed),
    dispose: () => embedder.dispose(),
  };
}
