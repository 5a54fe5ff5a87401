import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { PageProblem } from "../page/page-problem.ts";
import type { CutClip } from "../worker/teach-protocol.ts";
import { describeError } from "../../common/describe-error.ts";
import { teachDatabase } from "./taught-before.ts";

/** A class that is taught. */
export interface TaughtClass {
  readonly id: number;
  name: string;
}

/** A clip of a class. The browser keeps the sound in a file of its own, and in memory only what is drawn. */
export interface TaughtClip extends CutClip {
  readonly id: number;
  readonly classId: number;
  readonly name: string;
  /** Clips of one recording, which are left out together when the score is measured. */
  readonly group: string;
  /** Of which part of a clip it is, where it was trimmed: the whole stays, so that it can be trimmed anew. */
  readonly trimmed?: { readonly whole: CutClip; readonly from: number; readonly to: number } | undefined;
}

/** So many at a time that the page stays responsive. */
const recordsPerRead = 50;
const keysPerRead = 1000;

interface Schema extends DBSchema {
  classes: { key: number; value: TaughtClass };
  clips: { key: number; value: TaughtClip };
  /** By the hash of the model that computed them, and the clip. */
  embeddings: { key: [string, number]; value: Float32Array };
}

/**
 * Classes, clips and embeddings, kept by the browser: they are there again after a reload or a crash. Where the browser
 * keeps nothing (a private window, a full disk) they live as long as the page, and `onProblem` says so.
 */
export class ClipStore {
  onProblem: (problem: PageProblem) => void = () => undefined;
  readonly #database: IDBPDatabase<Schema> | undefined;
  readonly #classes = new Map<number, TaughtClass>();
  /** By class, then by clip. */
  readonly #clips = new Map<number, Map<number, TaughtClip>>();
  #lastId = 0;

  private constructor(database: IDBPDatabase<Schema> | undefined) {
    this.#database = database;
  }

  static async open(): Promise<ClipStore> {
    const database = await openDB<Schema>(teachDatabase, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("classes", { keyPath: "id" });
        fresh.createObjectStore("clips", { keyPath: "id" });
        fresh.createObjectStore("embeddings");
      },
    }).catch(() => undefined);
    const store = new ClipStore(database);
    await store.#load();
    return store;
  }

  get classes(): readonly TaughtClass[] {
    return [...this.#classes.values()];
  }

  get clips(): readonly TaughtClip[] {
    return this.classes.flatMap(({ id }) => this.listClips(id));
  }

  listClips(classId: number): TaughtClip[] {
    return [...(this.#clips.get(classId)?.values() ?? [])];
  }

  /** Whether a clip is there as it is: neither removed nor trimmed since. */
  holds(clip: TaughtClip): boolean {
    return this.#clips.get(clip.classId)?.get(clip.id) === clip;
  }

  addClass(name: string): TaughtClass {
    const added = { id: this.#makeId(), name };
    this.#classes.set(added.id, added);
    this.#keep(async (database) => database.put("classes", added));
    return added;
  }

  renameClass(renamed: TaughtClass, name: string): void {
    renamed.name = name;
    this.#keep(async (database) => database.put("classes", { ...renamed }));
  }

  removeClass(classId: number): void {
    for (const clip of this.listClips(classId)) this.removeClip(clip);
    this.#classes.delete(classId);
    this.#clips.delete(classId);
    this.#keep(async (database) => database.delete("classes", classId));
  }

  addClip(clip: Omit<TaughtClip, "id">): void {
    const added = { ...clip, id: this.#makeId() };
    this.#hold(added);
    this.#keep(async (database) => database.put("clips", added));
  }

  removeClip({ classId, id }: TaughtClip): void {
    this.#clips.get(classId)?.delete(id);
    this.#keep(async (database) => database.delete("clips", id));
  }

  /** Another sound in a clip's place. What was computed of the one before goes with it, in one step. */
  replaceClip(clip: TaughtClip): void {
    this.#hold(clip);
    this.#keep(async (database) => {
      const transaction = database.transaction(["clips", "embeddings"], "readwrite");
      const embeddings = transaction.objectStore("embeddings");
      const stale = (await embeddings.getAllKeys()).filter(([, id]) => id === clip.id);
      await Promise.all([
        ...stale.map((key) => embeddings.delete(key)),
        transaction.objectStore("clips").put(clip),
        transaction.done,
      ]);
    });
  }

  /** Those that are kept, by clip. */
  async readEmbeddings(modelHash: string): Promise<Map<number, Float32Array>> {
    const found = new Map<number, Float32Array>();
    if (this.#database === undefined) return found;
    for (let last = 0; ;) {
      const range = IDBKeyRange.bound([modelHash, last], [modelHash, Infinity], true);
      const [keys, values] = await Promise.all([
        this.#database.getAllKeys("embeddings", range, recordsPerRead),
        this.#database.getAll("embeddings", range, recordsPerRead),
      ]);
      if (keys.length === 0) return found;
      for (const [index, [, clip]] of keys.entries()) {
        const value = values[index];
        if (value !== undefined) found.set(clip, value);
        last = clip;
      }
    }
  }

  keepEmbeddings(modelHash: string, computed: readonly (readonly [clip: number, Float32Array])[]): void {
    this.#keep((database) => {
      const { store, done } = database.transaction("embeddings", "readwrite");
      return Promise.all([...computed.map(([clip, own]) => store.put(own, [modelHash, clip])), done]);
    });
  }

  async #load(): Promise<void> {
    if (this.#database === undefined) return;
    for (const kept of await this.#database.getAll("classes")) this.#classes.set(kept.id, kept);
    const known = new Set<number>();
    for (let range: IDBKeyRange | undefined; ;) {
      const batch = await this.#database.getAll("clips", range, recordsPerRead);
      for (const kept of batch) {
        this.#hold(kept);
        known.add(kept.id);
      }
      const last = batch.at(-1);
      if (last === undefined) break;
      range = IDBKeyRange.lowerBound(last.id, true);
    }
    for (let range: IDBKeyRange | undefined; ;) {
      const keys = await this.#database.getAllKeys("embeddings", range, keysPerRead);
      const orphans = keys.filter(([, id]) => !known.has(id));
      this.#keep((database) => Promise.all(orphans.map((key) => database.delete("embeddings", key))));
      const last = keys.at(-1);
      if (last === undefined) break;
      range = IDBKeyRange.lowerBound(last, true);
    }
  }

  #hold(clip: TaughtClip): void {
    const own = this.#clips.get(clip.classId) ?? new Map<number, TaughtClip>();
    this.#clips.set(clip.classId, own.set(clip.id, clip));
  }

  /** By the clock, so that no two windows of the page choose one, nor one that had another clip's embedding. */
  #makeId(): number {
    this.#lastId = Math.max(this.#lastId + 1, Date.now());
    return this.#lastId;
  }

  /** Writes go on while the user does; one that fails is a problem to tell, not to wait for. */
  #keep(write: (database: IDBPDatabase<Schema>) => Promise<unknown>): void {
    if (this.#database === undefined) {
      this.onProblem(new PageProblem("no-storage", "storage: expected IndexedDB, got none"));
      return;
    }
    write(this.#database).catch((error: unknown) => {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      const reason = describeError(error);
      this.onProblem(
        new PageProblem(isFull ? "storage-full" : "no-storage", `storage: a clip was not kept: ${reason}`),
      );
    });
  }
}
