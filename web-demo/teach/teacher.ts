import { at } from "../../common/at.ts";
import { describeError } from "../../common/describe-error.ts";
import { decodeInBrowser } from "../page/browser-decoder.ts";
import type { ModelSource } from "../page/model-source.ts";
import { PageProblem } from "../page/page-problem.ts";
import type { TaughtModel, TrainedLayer } from "../worker/teach-protocol.ts";
import type { ClipStore, TaughtClass, TaughtClip } from "./clip-store.ts";
import { TeachClient } from "./teach-client.ts";
import { cutWav, readWavSound } from "../microphone/recording.ts";

const maxClasses = 50;
const maxClipsPerClass = 200;
/** Clips whose sound tests the new file, of each class; and in all. */
const proofsPerClass = 2;
const maxProofs = 10;
/** Changes that follow each other closely are trained on together. */
const pauseMs = 250;
/** Embeddings that are computed, and kept, together: what a change or a closed page loses. */
const clipsPerBatch = 50;
/** Embeddings that are copied in one task. */
const clipsPerTask = 1000;

/** Why a head is trained: of another model the embeddings are others. */
export type TrainingCause = "clips" | "model";

/** From when on the page answers by a model that was taught. */
export type TaughtUse = "now" | "next sound" | "when chosen";

/** What teaching needs of the page. */
export interface TeachHost {
  /** The model whose embeddings are taken: the last one that was opened rather than taught. */
  readonly getBase: () => ModelSource | undefined;
  /** Offers the page a model that was taught. @param cause of the training @returns from when on the page answers by it */
  readonly useTaught: (source: ModelSource, cause: TrainingCause) => Promise<TaughtUse>;
  readonly showProblem: (problem: unknown) => void;
}

/** A head that was trained, with the clips that it was trained on. */
export interface Taught extends Pick<TaughtModel, "parity">, Pick<TrainedLayer, "trainMs" | "score"> {
  readonly source: ModelSource;
  readonly classes: number;
  readonly clips: readonly TaughtClip[];
  readonly use: TaughtUse;
}

/** What the card says of its work. */
export type TeachStatus =
  | { readonly kind: "waiting" }
  | { readonly kind: "embedding"; readonly done: number; readonly total: number }
  | { readonly kind: "training" }
  | { readonly kind: "taught"; readonly taught: Taught };

/** Classes and clips on one side, a model on the other: trains again after every change, the newest winning. */
export class Teacher {
  /** Called when classes or clips have changed. */
  onChange: () => void = () => undefined;
  onStatus: () => void = () => undefined;
  status: TeachStatus = { kind: "waiting" };
  readonly store: ClipStore;
  readonly #host: TeachHost;
  readonly #client = new TeachClient();
  readonly #embeddings = new Map<number, Float32Array>();
  #embeddingHash: string | undefined;
  #changes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #training: Promise<void> = Promise.resolve();

  constructor(store: ClipStore, host: TeachHost) {
    this.store = store;
    this.#host = host;
    store.onProblem = host.showProblem;
  }

  /** Classes that have clips, which are those that are trained. */
  get filledClasses(): readonly TaughtClass[] {
    return this.store.classes.filter(({ id }) => this.store.listClips(id).length > 0);
  }

  addClass(name: string): TaughtClass {
    if (this.store.classes.length >= maxClasses)
      throw new PageProblem("too-many", `classes: expected at most ${maxClasses}, got one more`);
    const added = this.store.addClass(this.#makeName(name));
    this.onChange();
    return added;
  }

  /** The class of that name, new if there is none. */
  findClass(name: string): TaughtClass {
    return this.store.classes.find((known) => known.name === name) ?? this.addClass(name);
  }

  /** @returns whether the name was taken: empty ones and those of other classes are not */
  renameClass(renamed: TaughtClass, name: string): boolean {
    const wished = name.trim().slice(0, 100);
    if (wished === renamed.name) return true;
    if (wished === "" || this.store.classes.some((other) => other.name === wished)) return false;
    this.store.renameClass(renamed, wished);
    this.#announce();
    return true;
  }

  removeClass(classId: number): void {
    this.store.removeClass(classId);
    this.#announce();
  }

  removeClip(clip: TaughtClip): void {
    this.store.removeClip(clip);
    this.#embeddings.delete(clip.id);
    this.#announce();
  }

  /**
   * Keeps a part of a clip; the whole stays beside it.
   * @param from seconds of the whole clip @param to seconds of the whole clip @throws PageProblem for a silent part
   */
  async trimClip(clip: TaughtClip, from: number, to: number): Promise<void> {
    const { wav, seconds, peaks, trimmed, ...rest } = clip;
    const whole = trimmed?.whole ?? { wav, seconds, peaks };
    const isWhole = from <= 0 && to >= whole.seconds;
    const part = isWhole
      ? undefined
      : await this.#cut(cutWav(await readWavSound(whole.wav), from, to), clip.name);
    const kept = part === undefined ? whole : part.clips[0];
    if (kept === undefined)
      throw new PageProblem("silent", `${clip.name}: expected sound in the part, got digital silence`);
    if (!this.store.holds(clip)) return; // removed meanwhile
    this.#embeddings.delete(clip.id);
    this.store.replaceClip({ ...rest, ...kept, trimmed: isWhole ? undefined : { whole, from, to } });
    this.#announce();
  }

  /**
   * Cuts a sound into clips of a class. Clips of one sound are one recording.
   * @throws PageProblem for what cannot be decoded, is silent, or is too much
   */
  async addSound(classId: number, blob: Blob, name: string): Promise<void> {
    const { clips, silent } = await this.#cut(blob, name);
    if (clips.length === 0)
      throw new PageProblem("silent", `${name}: expected sound, got ${silent} clips of digital silence`);
    const room = maxClipsPerClass - this.store.listClips(classId).length;
    const group = `${Date.now().toString(36)} ${name}`;
    for (const [index, clip] of clips.slice(0, room).entries()) {
      const clipName = clips.length === 1 ? name : `${name} ${index + 1}`;
      this.store.addClip({ ...clip, classId, name: clipName, group });
    }
    this.#announce();
    if (clips.length > room)
      throw new PageProblem(
        "too-many",
        `${name}: expected at most ${maxClipsPerClass} clips a class; ${clips.length - Math.max(0, room)} were left out`,
      );
  }

  /** All clips as an archive. */
  packClips(): Promise<Blob> {
    const names = new Map(this.store.classes.map(({ id, name }) => [id, name]));
    return this.#client.pack(
      this.store.clips.map(({ classId, name, wav }) => ({
        className: names.get(classId) ?? "",
        name,
        sound: wav,
      })),
    );
  }

  /** Adds the classes and clips of an archive to those that are there. @throws PageProblem */
  async addArchive(archive: File): Promise<void> {
    const refused: string[] = [];
    const entries = await this.#client.unpack(archive);
    for (const { className, name, sound } of entries)
      await this.addSound(this.findClass(className).id, sound, name).catch((problem: unknown) => {
        refused.push(describeError(problem));
      });
    if (refused.length > 0)
      throw new PageProblem(
        "not-all",
        `${archive.name}: ${refused.length} of ${entries.length} sounds were not added: ${refused.slice(0, 3).join("; ")}`,
      );
  }

  /** Trains on what there is, after a short pause in which more may change. */
  train(cause: TrainingCause = "clips"): void {
    const change = ++this.#changes;
    clearTimeout(this.#timer);
    if (this.status.kind === "training") this.#client.endTraining();
    this.#timer = setTimeout(() => {
      // One after another: one that was overtaken ends at its next step.
      this.#training = this.#training.then(() => this.#train(change, cause)).catch(this.#host.showProblem);
    }, pauseMs);
  }

  #announce(): void {
    this.onChange();
    this.train();
  }

  #makeName(name: string): string {
    const taken = new Set(this.store.classes.map((known) => known.name));
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name} ${count}`;
    return free;
  }

  async #cut(blob: Blob, name: string): ReturnType<TeachClient["cut"]> {
    try {
      return await this.#client.cut({ kind: "file", blob }, name);
    } catch (error) {
      if (!(error instanceof PageProblem) || error.sampleRateHz === undefined) throw error;
      return this.#client.cut(await decodeInBrowser(blob, name, error.sampleRateHz), name);
    }
  }

  async #train(change: number, cause: TrainingCause): Promise<void> {
    const base = this.#host.getBase();
    const classes = this.filledClasses;
    if (base === undefined || classes.length < 2) {
      this.#show(change, { kind: "waiting" });
      return;
    }
    const clips = classes.flatMap(({ id }) => this.store.listClips(id));
    try {
      await this.#embed(change, base, clips);
      if (change !== this.#changes) return;
      this.#show(change, { kind: "training" });
      const labels = classes.map(({ name }) => name);
      const described = await this.#describe(classes, clips);
      if (change !== this.#changes) return;
      const trained = await this.#client.train({ labels, ...described });
      if (change !== this.#changes) return;
      const { model, parity } = await this.#client.export({
        labels,
        trained,
        proofs: this.#pickProofs(clips),
      });
      if (change !== this.#changes) return;
      const source = { blob: model, name: "your classes", demo: undefined, isTaught: true };
      const use = await this.#host.useTaught(source, cause);
      const { trainMs, score } = trained;
      const taught = { trainMs, score, parity, source, clips, classes: classes.length, use };
      this.#show(change, { kind: "taught", taught });
    } catch (error) {
      if (change !== this.#changes) return; // ended, for the next one
      this.#show(change, { kind: "waiting" });
      throw error;
    }
  }

  /** Embeddings of the clips that have none by this model. */
  async #embed(change: number, base: ModelSource, clips: readonly TaughtClip[]): Promise<void> {
    const hash = await this.#client.open(base);
    if (this.#embeddingHash !== hash) {
      this.#embeddings.clear();
      for (const [id, kept] of await this.store.readEmbeddings(hash)) this.#embeddings.set(id, kept);
      this.#embeddingHash = hash;
    }
    const missing = clips.filter(({ id }) => !this.#embeddings.has(id));
    if (missing.length === 0) return;
    const total = missing.length;
    for (let begin = 0; begin < total && change === this.#changes; begin += clipsPerBatch) {
      const batch = missing.slice(begin, begin + clipsPerBatch);
      const wavs = batch.map(({ wav }) => wav);
      const embedded = await this.#client.embed(wavs, (done) => {
        this.#show(change, { kind: "embedding", done: begin + done, total });
      });
      // Another sound may be in a clip's place by now.
      const kept = batch.flatMap((clip, index) =>
        this.store.holds(clip) ? [[clip.id, at(embedded, index)] as const] : [],
      );
      for (const [id, embedding] of kept) this.#embeddings.set(id, embedding);
      this.store.keepEmbeddings(hash, kept);
    }
  }

  async #describe(classes: readonly TaughtClass[], clips: readonly TaughtClip[]) {
    const columns = this.#expectEmbedding(at(clips, 0).id).length;
    const embeddings = new Float32Array(clips.length * columns);
    for (const [index, { id }] of clips.entries()) {
      embeddings.set(this.#expectEmbedding(id), index * columns);
      if ((index + 1) % clipsPerTask === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    const placeOf = new Map(classes.map(({ id }, place) => [id, place]));
    return {
      embeddings,
      classes: clips.map(({ classId }) => placeOf.get(classId) ?? -1),
      groups: clips.map(({ group }) => group),
    };
  }

  #pickProofs(clips: readonly TaughtClip[]) {
    const taken = new Map<number, number>();
    const proofs = clips.filter(({ classId }) => {
      const before = taken.get(classId) ?? 0;
      taken.set(classId, before + 1);
      return before < proofsPerClass;
    });
    return proofs.slice(0, maxProofs).map(({ id, wav }) => ({ wav, embedding: this.#expectEmbedding(id) }));
  }

  #expectEmbedding(id: number): Float32Array {
    const embedding = this.#embeddings.get(id);
    if (embedding === undefined) throw new Error(`clip ${id}: expected an embedding, got none`);
    return embedding;
  }

  #show(change: number, status: TeachStatus): void {
    if (change !== this.#changes) return;
    this.status = status;
    this.onStatus();
  }
}
