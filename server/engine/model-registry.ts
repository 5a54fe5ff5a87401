import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { UserError } from "../../common/user-error.ts";
import type { ModelMetadata } from "../../features/model-metadata.ts";
import { readModel } from "../../runtime/node.ts";
import { RequestError } from "../request-error.ts";
import type { ModelVersion, ServedModel } from "./engine.ts";
import { describeError } from "../../common/describe-error.ts";

/** A model by the name that requests call it, and where its file is. */
export interface ModelFile {
  readonly name: string;
  readonly path: string;
}

/** A version that answers, with the bytes that new workers load: the file may have changed since. */
export interface ActiveModel extends ModelVersion {
  readonly bytes: Uint8Array;
  readonly metadata: ModelMetadata;
  readonly backend: string;
}

/** Where a registry's models are opened. */
export interface ModelHolder {
  /** @returns the execution provider that answers */
  load(id: ModelVersion, bytes: Uint8Array): Promise<string>;
  /** Frees a version once the work on it has ended. */
  unload(id: ModelVersion): void;
}

/** What a reload did: for logs and metrics. */
export interface ReloadReport extends ModelVersion {
  readonly problem: string | undefined;
}

interface Entry {
  readonly file: ModelFile;
  active: ActiveModel;
  /** Size and time of the file's content that was read last. */
  stamp: string;
  seenStamp: string;
  problem: string | undefined;
}

const defaultPollMs = 1000;

/**
 * The models on offer. Each file is looked at once a second; when it has changed and stands still, its new content is
 * opened beside the old, and answers once it is ready. Content that cannot be used changes nothing but `reloadProblem`.
 */
export class ModelRegistry {
  readonly #holder: ModelHolder;
  readonly #onReload: (report: ReloadReport) => void;
  readonly #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;

  constructor(holder: ModelHolder, onReload: (report: ReloadReport) => void) {
    this.#holder = holder;
    this.#onReload = onReload;
  }

  /** @throws ModelError, BackendError, or an error of the file system, for the first model that cannot be opened */
  async start(files: readonly ModelFile[], pollMs = defaultPollMs): Promise<void> {
    const names = files.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new UserError(`--model: expected each name once, found ${twice} twice`);
    for (const file of files) {
      const stamp = await readStamp(file);
      const active = await this.#open(file);
      this.#entries.set(file.name, { file, active, stamp, seenStamp: stamp, problem: undefined });
    }
    this.#schedule(pollMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  list(): readonly ServedModel[] {
    return [...this.#entries.values()].map(({ active: { model, version, metadata, backend }, problem }) => ({
      model,
      version,
      metadata,
      backend,
      reloadProblem: problem,
    }));
  }

  actives(): readonly ActiveModel[] {
    return [...this.#entries.values()].map(({ active }) => active);
  }

  /** @param name the first model unless given @throws RequestError that lists the names */
  find(name: string | undefined): ActiveModel {
    const [first] = this.#entries.values();
    const entry = name === undefined ? first : this.#entries.get(name);
    if (entry !== undefined) return entry.active;
    throw new RequestError("bad-model", `model: expected one of ${[...this.#entries.keys()].join(", ")}`);
  }

  #schedule(pollMs: number): void {
    this.#timer = setTimeout(() => {
      void this.#poll().then(() => {
        if (this.#timer !== undefined) this.#schedule(pollMs);
      });
    }, pollMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    for (const entry of this.#entries.values()) {
      const stamp = await readStamp(entry.file).catch(describeError);
      const isStill = stamp === entry.seenStamp;
      entry.seenStamp = stamp;
      if (stamp === entry.stamp || !isStill) continue;
      entry.stamp = stamp;
      await this.#reload(entry);
    }
  }

  async #reload(entry: Entry): Promise<void> {
    const { model } = entry.active;
    try {
      const bytes = await readFile(entry.file.path);
      const version = hashVersion(bytes);
      entry.problem = undefined;
      if (version === entry.active.version) return;
      const before = entry.active;
      entry.active = await this.#open(entry.file, bytes);
      this.#holder.unload(before);
      this.#onReload({ model, version, problem: undefined });
    } catch (error) {
      // A path has no place in an answer; the log gets the whole message.
      entry.problem = "the file's newest content cannot be used; the server's log says why";
      this.#onReload({ model, version: entry.active.version, problem: describeError(error) });
    }
  }

  async #open({ name, path }: ModelFile, content?: Uint8Array): Promise<ActiveModel> {
    const bytes = content ?? (await readFile(path));
    const id = { model: name, version: hashVersion(bytes) };
    const metadata = readModel(bytes, path);
    return { ...id, bytes, metadata, backend: await this.#holder.load(id, bytes) };
  }
}

async function readStamp({ path }: ModelFile): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path);
  return [ino, size, mtimeMs].join(":");
}

function hashVersion(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}
