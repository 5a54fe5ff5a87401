/** Cuts clips, computes their embeddings by the model that is open, and writes the models that were taught. */
import { hashGraph } from "../../onnx/read-metadata.ts";
import { type Classifier, createClassifier, loadBackend, type WebSource } from "../../runtime/web.ts";
import { describeOrtSource } from "../model/ort-source.ts";
import { chooseWasmOptimisation } from "./open-model.ts";
import { packArchive, unpackArchive } from "./clips-archive.ts";
import { cutClips } from "./cut-clips.ts";
import { decodeSound } from "./decode-sound.ts";
import { serveRequests } from "./messages.ts";
import { exportTaught } from "./export-taught.ts";
import type { TeachExchanges } from "./teach-protocol.ts";

/** The model whose embeddings are taken. */
interface Base {
  readonly bytes: Uint8Array;
  readonly classifier: Classifier<WebSource>;
  readonly pageUrl: string;
}

let base: Base | undefined;

function expectBase(): Base {
  if (base === undefined) throw new Error("worker: expected a model to be open, got none");
  return base;
}

/** One thread: the worker that classifies has the others. */
function describeSession(bytes: Uint8Array, pageUrl: string) {
  return {
    executionProviders: ["wasm"],
    threads: 1,
    graphOptimizationLevel: chooseWasmOptimisation(bytes, "model.onnx"),
    ...describeOrtSource(pageUrl),
  };
}

serveRequests<TeachExchanges>({
  async open({ model, name, pageUrl }, report) {
    await loadBackend("wasm", describeOrtSource(pageUrl, report));
    const bytes = new Uint8Array(await model.arrayBuffer());
    const classifier = await createClassifier({ name, bytes }, describeSession(bytes, pageUrl));
    const before = base;
    base = { bytes, classifier, pageUrl };
    await before?.classifier.dispose();
    return hashGraph(bytes);
  },
  async cut({ source, name }) {
    const { signal } = new AbortController();
    return cutClips(await decodeSound(source, { name, signal }));
  },
  async embed(clips, report) {
    const { classifier } = expectBase();
    const embeddings: Float32Array[] = [];
    for (const clip of clips) {
      embeddings.push(await classifier.embed(new Uint8Array(await clip.arrayBuffer())));
      report(embeddings.length);
    }
    return embeddings;
  },
  pack: (entries) => packArchive(entries),
  unpack: (archive) => unpackArchive(archive, archive.name),
  export(request) {
    const { bytes, pageUrl } = expectBase();
    return exportTaught(bytes, request, (taught) =>
      createClassifier(
        { name: "model.onnx", bytes: taught },
        { ...describeSession(taught, pageUrl), allowUnverified: true },
      ),
    );
  },
});
