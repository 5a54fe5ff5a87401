import type { GraphSession, NamedTensors, SessionFactory } from "../sessions/session-factory.ts";
import type { BufferPool, Elements } from "./buffers.ts";
import { makeTensor } from "./entry.ts";
import { makePlan, type Plan } from "./plan.ts";
import type { Recording, WantedEntry } from "./recording.ts";
import { type CachedSession, SessionCache } from "./session-cache.ts";

/** Counts since the start, for benchmarks and tests. */
export interface ExecutorStatistics {
  /** Graphs built and loaded. */
  readonly compiled: number;
  readonly runs: number;
  readonly cachedSessions: number;
  /** ONNX nodes of the graph built last. */
  readonly nodeCount: number;
}

/** One recording on its way: the data it starts from (the recording's leaves) and the data it fills. */
export interface Job {
  readonly signature: string;
  readonly recording: Recording;
  readonly wanted: readonly WantedEntry[];
}

interface Binding {
  readonly inputs: NamedTensors;
  readonly outputs: NamedTensors;
  /** One for each wanted entry that is computed. */
  readonly buffers: readonly (Elements | undefined)[];
}

/** Compiles recordings, keeps their sessions and runs them, one after the other. */
export class Executor {
  readonly #factory: SessionFactory;
  readonly #pool: BufferPool;
  readonly #cache: SessionCache;
  #compiled = 0;
  #runs = 0;
  #nodeCount = 0;
  /** Never rejects: a failed run must not poison the next. */
  #queue: Promise<void> = Promise.resolve();

  constructor(factory: SessionFactory, pool: BufferPool, sessionCapacity: number) {
    this.#factory = factory;
    this.#pool = pool;
    this.#cache = new SessionCache(sessionCapacity);
  }

  get isSynchronous(): boolean {
    return this.#factory.createSync !== undefined;
  }

  get statistics(): ExecutorStatistics {
    return {
      compiled: this.#compiled,
      runs: this.#runs,
      nodeCount: this.#nodeCount,
      cachedSessions: this.#cache.size,
    };
  }

  /** Runs at once where the runtime can, otherwise after the jobs before it. A failure is kept in the entries. */
  execute(job: Job, onDone: () => void): void {
    if (this.#factory.createSync !== undefined) {
      try {
        this.#runSync(job, this.#factory.createSync);
      } catch (error) {
        fail(job, error);
      }
      onDone();
      return;
    }
    this.#queue = this.#queue
      .then(() => this.#run(job))
      .catch((error: unknown) => {
        fail(job, error);
      })
      .then(onDone);
  }

  /** Resolves when all jobs so far have ended, well or not. */
  async settle(): Promise<void> {
    await this.#queue;
  }

  dispose(): void {
    for (const session of this.#cache.clear()) void session.dispose();
    this.#pool.clear();
  }

  #runSync(job: Job, createSync: (model: Uint8Array) => GraphSession): void {
    const { plan, session } = this.#find(job) ?? this.#compile(job, createSync);
    const binding = this.#bind(job, plan);
    session?.runSync?.(binding.inputs, binding.outputs);
    this.#finish(job, plan, binding);
  }

  async #run(job: Job): Promise<void> {
    const { plan, session } = this.#find(job) ?? (await this.#compileAsync(job));
    const binding = this.#bind(job, plan);
    await session?.run(binding.inputs, binding.outputs);
    this.#finish(job, plan, binding);
  }

  /** The cached session, unless a value built into its graph has changed: that becomes an input of the next graph. */
  #find({ signature, recording }: Job): CachedSession | undefined {
    const found = this.#cache.find(signature);
    const changed = found?.plan.builtIn.filter(
      ({ leaf, value }) => !Object.is(recording.uniforms.get(leaf), value),
    );
    if (changed === undefined || changed.length === 0) return found;
    this.#cache.addVarying(
      signature,
      changed.map(({ leaf }) => leaf),
    );
    return undefined;
  }

  #compile(job: Job, createSync: (model: Uint8Array) => GraphSession): CachedSession {
    const plan = this.#plan(job);
    return this.#store(job, plan, plan.model === undefined ? undefined : createSync(plan.model));
  }

  async #compileAsync(job: Job): Promise<CachedSession> {
    const plan = this.#plan(job);
    return this.#store(
      job,
      plan,
      plan.model === undefined ? undefined : await this.#factory.create(plan.model),
    );
  }

  #plan({ recording, wanted, signature }: Job): Plan {
    const plan = makePlan(recording, wanted, this.#cache.listVarying(signature));
    this.#compiled++;
    this.#nodeCount = plan.nodeCount;
    return plan;
  }

  #store({ signature }: Job, plan: Plan, session: GraphSession | undefined): CachedSession {
    // The model's bytes have served.
    const entry = { plan: { ...plan, model: undefined }, session };
    for (const evicted of this.#cache.put(signature, entry)) void evicted.dispose();
    return entry;
  }

  #bind({ recording, wanted }: Job, plan: Plan): Binding {
    const inputs: NamedTensors = {};
    for (const { leaf, name, shape } of plan.inputs) {
      const entry = recording.leaves[leaf];
      if (entry !== undefined) inputs[name] = entry.toTensor(shape);
    }
    const outputs: NamedTensors = {};
    const buffers = wanted.map(({ entry }, index) => {
      const output = plan.outputs[index];
      if (output?.kind !== "computed") return undefined;
      const elements = this.#pool.take(entry.dtype, entry.size);
      outputs[output.name] = makeTensor(entry.dtype, elements, output.shape);
      return elements;
    });
    return { inputs, outputs, buffers };
  }

  #finish({ wanted }: Job, plan: Plan, { buffers }: Binding): void {
    this.#runs++;
    wanted.forEach(({ entry }, index) => {
      const output = plan.outputs[index];
      if (output?.kind === "uniform") entry.uniform = output.value;
      else entry.elements = buffers[index];
    });
  }
}

function fail({ wanted }: Job, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  for (const { entry } of wanted) entry.failure = failure;
}
