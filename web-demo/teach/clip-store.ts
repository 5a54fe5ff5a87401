import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { PageProblem } from "../page/page-problem.ts";
import type { CutClip } from "../worker/teach-protocol.ts";
import { describeError } from "../../common/describe-error.ts";

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
}

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
  readonly #clips = new Map<number, TaughtClip>();
  #lastId = 0;

  private constructor(database: IDBPDatabase<Schema> | undefined) {
    this.#database = database;
  }

  static async open(): Promise<ClipStore> {
    const database = await openDB<Schema>("earshot teach", 1, {
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
    return [...this.#clips.values()];
  }

  listClips(classId: number): TaughtClip[] {
    return this.clips.filter((clip) => clip.classId === classId);
  }

  addClass(name: string): TaughtClass {
    const added = { id: ++this.#lastId, name };
    this.#classes.set(added.id, added);
    this.#keep(async (database) => database.put("classes", added));
    return added;
  }

  renameClass(renamed: TaughtClass, name: string): void {
    renamed.name = name;
    this.#keep(async (database) => database.put("classes", { ...renamed }));
  }

  removeClass(classId: number): void {
    for (const { id } of this.listClips(classId)) this.removeClip(id);
    this.#classes.delete(classId);
    this.#keep(async (database) => database.delete("classes", classId));
  }

  addClip(clip: Omit<TaughtClip, "id">): TaughtClip {
    const added = { ...clip, id: ++this.#lastId };
    this.#clips.set(added.id, added);
    this.#keep(async (database) => database.put("clips", added));
    return added;
  }

  removeClip(id: number): void {
    this.#clips.delete(id);
    this.#keep(async (database) => {
      await database.delete("clips", id);
    });
  }

  /** Those that are kept, by clip. */
  async readEmbeddings(modelHash: string): Promise<Map<number, Float32Array>> {
    const found = new Map<number, Float32Array>();
    if (this.#database === undefined) return found;
    const range = IDBKeyRange.bound([modelHash, 0], [modelHash, Infinity]);
    const [keys, values] = await Promise.all([
      this.#database.getAllKeys("embeddings", range),
      this.#database.getAll("embeddings", range),
    ]);
    for (const [index, [, clip]] of keys.entries()) {
      const value = values[index];
      if (value !== undefined) found.set(clip, value);
    }
    return found;
  }

  keepEmbedding(modelHash: string, clip: number, embedding: Float32Array): void {
    this.#keep(async (database) => database.put("embeddings", embedding, [modelHash, clip]));
  }

  async #load(): Promise<void> {
    if (this.#database === undefined) return;
    for (const kept of await this.#database.getAll("classes")) this.#classes.set(kept.id, kept);
    for (const kept of await this.#database.getAll("clips")) this.#clips.set(kept.id, kept);
    this.#lastId = Math.max(0, ...this.#classes.keys(), ...this.#clips.keys());
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
