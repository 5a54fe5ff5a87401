import * as tf from "@tensorflow/tfjs";
import type { Shape } from "./graph/value.ts";
import { BufferPool, type ElementType } from "./recording/buffers.ts";
import { Entry, type Lower } from "./recording/entry.ts";
import { Executor, type ExecutorStatistics, type Job } from "./recording/executor.ts";
import { Recording } from "./recording/recording.ts";
import type { SessionFactory } from "./sessions/session-factory.ts";

export interface BackendOptions {
  /** Sessions kept for later; the one unused for longest goes first. Default 64. */
  readonly sessionCapacity?: number;
  /** Memory of disposed tensors kept for later ones. Default 1 GiB. */
  readonly poolBytes?: number;
  /**
   * From this many pending kernels on, they run as soon as the program comes round to the kernel that they began with:
   * a loop that reads nothing is cut at the same place each time. Default 4096.
   */
  readonly longestRecording?: number;
}

export interface RecordRequest {
  readonly kernelName: string;
  /** All that `lower` depends on besides its inputs' shapes and types, as text. */
  readonly key?: string;
  readonly inputs: readonly tf.TensorInfo[];
  readonly lower: Lower;
}

/** Tensors of texts are stored and given back; no kernel computes with them. */
class TextEntry {
  references = 1;
  readonly texts: Uint8Array[];

  constructor(texts: Uint8Array[]) {
    this.texts = texts;
  }
}

/**
 * Kernels do not compute here, they are recorded: when data is read, what is pending and still wanted runs as one ONNX
 * graph. `dataSync` needs a runtime that can compute synchronously (onnxruntime-node) and throws elsewhere.
 */
export class OnnxRuntimeBackend extends tf.KernelBackend {
  private readonly storage: tf.DataStorage<Entry | TextEntry>;
  private readonly pool: BufferPool;
  private readonly executor: Executor;
  private readonly longestRecording: number;
  private recording = new Recording();
  /** Recordings whose leaves must stay: the one in the making and those on their way. */
  private readonly active = new Set([this.recording.id]);
  /** Told about each recording that runs; `compileStep` listens. */
  onJob: ((job: Job) => void) | undefined;

  constructor(factory: SessionFactory, options: BackendOptions = {}) {
    super();
    this.storage = new tf.DataStorage(this, tf.engine());
    this.pool = new BufferPool(options.poolBytes ?? 2 ** 30);
    this.executor = new Executor(factory, this.pool, options.sessionCapacity ?? 64);
    this.longestRecording = options.longestRecording ?? 4096;
  }

  get statistics(): ExecutorStatistics & { readonly pendingKernels: number } {
    return { ...this.executor.statistics, pendingKernels: this.recording.nodes.length };
  }

  /** Records a kernel with one output; nothing is computed yet. */
  record(request: RecordRequest, dtype: tf.DataType, shape: Shape): tf.TensorInfo {
    const [info] = this.recordAll(request, [{ dtype, shape }]);
    if (info === undefined) throw new Error(`${request.kernelName}: expected one output`);
    return info;
  }

  recordAll(
    { kernelName, key = "", inputs, lower }: RecordRequest,
    outputs: readonly { readonly dtype: tf.DataType; readonly shape: Shape }[],
  ): tf.TensorInfo[] {
    const { nodes } = this.recording;
    const excess = nodes.length / this.longestRecording;
    if (excess >= 1 && (excess >= 8 || nodes[0]?.kernelName === kernelName)) this.flush();
    const entries = this.recording.record({
      kernelName,
      key,
      inputs: inputs.map((info) => ({ entry: this.findEntry(info.dataId), shape: info.shape })),
      outputs: outputs.map(({ dtype, shape }) => ({ dtype: expectElementType(dtype, kernelName), shape })),
      lower,
    });
    return entries.map((entry) => this.addEntry(entry));
  }

  /** The same data under another shape. */
  alias(info: tf.TensorInfo, shape: Shape): tf.TensorInfo {
    this.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...shape], dtype: info.dtype };
  }

  /** A tensor whose elements are all `value`; it costs no memory until it is read. */
  fill(dtype: tf.DataType, shape: Shape, value: number): tf.TensorInfo {
    const entry = new Entry(expectElementType(dtype, "Fill"), [...shape]);
    entry.uniform = value;
    return this.addEntry(entry);
  }

  /** Starts what is pending and wanted. Failures show when the data is read. */
  flush(): void {
    const { recording } = this;
    if (recording.nodes.length === 0) return;
    this.recording = new Recording();
    this.active.add(this.recording.id);
    const job = { recording, ...recording.close() };
    if (job.wanted.length === 0) {
      this.release(job);
      return;
    }
    this.onJob?.(job);
    this.start(job);
  }

  /** Runs a job again on other data, nothing pending. @returns what it fills, one entry for each wanted one */
  replay(job: Job, leaves: readonly Entry[]): Entry[] {
    const recording = job.recording.repeat(leaves);
    this.active.add(recording.id);
    const wanted = job.wanted.map((old) => ({ ...old, entry: new Entry(old.entry.dtype, old.entry.shape) }));
    this.start({ ...job, recording, wanted });
    return wanted.map(({ entry }) => entry);
  }

  /** The data that the pending kernels start from, in order of first use. */
  listLeaves(): readonly Entry[] {
    return this.recording.leaves;
  }

  private start(job: Job): void {
    this.executor.execute(job, () => {
      this.release(job);
    });
  }

  private release({ recording, wanted }: Job): void {
    this.active.delete(recording.id);
    for (const entry of recording.leaves) this.releaseIfUnused(entry);
    for (const { entry } of wanted) this.releaseIfUnused(entry);
  }

  findEntry(dataId: object): Entry {
    const entry = this.storage.get(dataId);
    if (entry instanceof Entry) return entry;
    throw new TypeError("onnxruntime: expected numbers or booleans, got a tensor of texts");
  }

  /** The data of a tensor that lives on this backend already. */
  findOwnEntry(dataId: object): Entry | undefined {
    const entry = this.storage.has(dataId) ? this.storage.get(dataId) : undefined;
    return entry instanceof Entry ? entry : undefined;
  }

  addEntry(entry: Entry): tf.TensorInfo {
    const dataId = {};
    this.storage.set(dataId, entry);
    return { dataId, shape: [...entry.shape], dtype: entry.dtype };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.store(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.store(dataId, values, shape, dtype, refCount);
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const stored = this.storage.get(dataId);
    if (stored instanceof TextEntry) return stored.texts;
    if (stored.node !== undefined) this.flush();
    if (!stored.isReady) await this.executor.settle();
    return stored.copyElements();
  }

  override readSync(dataId: object): tf.BackendValues {
    const stored = this.storage.get(dataId);
    if (stored instanceof TextEntry) return stored.texts;
    if (stored.node !== undefined) this.flush();
    if (!stored.isReady && !this.executor.isSynchronous) {
      throw new Error(
        "onnxruntime: expected `await tensor.data()`, got `dataSync()`: this ONNX Runtime computes asynchronously",
      );
    }
    return stored.copyElements();
  }

  override refCount(dataId: object): number {
    return this.storage.has(dataId) ? this.storage.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.storage.get(dataId).references++;
  }

  /** @returns whether the data is gone */
  override disposeData(dataId: object, force = false): boolean {
    if (!this.storage.has(dataId)) return true;
    const stored = this.storage.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    stored.references = 0;
    this.storage.delete(dataId);
    if (stored instanceof Entry) this.releaseIfUnused(stored);
    return true;
  }

  override numDataIds(): number {
    return this.storage.numDataIds();
  }

  override memory(): { unreliable: boolean; reasons?: string[] } {
    return { unreliable: true, reasons: ["Sessions and pooled memory are not counted."] };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    await this.finishPending();
    const start = performance.now();
    run();
    await this.finishPending();
    return { kernelMs: performance.now() - start };
  }

  override dispose(): void {
    this.recording = new Recording();
    this.executor.dispose();
  }

  /** Resolves when nothing is pending any more. */
  async finishPending(): Promise<void> {
    this.flush();
    await this.executor.settle();
  }

  private store(
    dataId: object,
    values: tf.BackendValues,
    shape: Shape,
    dtype: tf.DataType,
    references: number,
  ): void {
    if (isTexts(values) || dtype === "string") {
      if (!isTexts(values)) throw new TypeError("onnxruntime: expected texts as bytes for a tensor of texts");
      const texts = new TextEntry(values);
      texts.references = references;
      this.storage.set(dataId, texts);
      return;
    }
    const entry = new Entry(expectElementType(dtype, "tensor"), shape);
    entry.references = references;
    entry.uniform = findUniform(values);
    if (entry.uniform === undefined) {
      // A copy: the caller may fill its array anew before the recording that uses this data has run.
      entry.elements = this.pool.take(entry.dtype, entry.size);
      entry.elements.set(values);
    }
    this.storage.set(dataId, entry);
  }

  private releaseIfUnused(entry: Entry): void {
    if (entry.references > 0 || this.active.has(entry.usedBy)) return;
    const { elements } = entry;
    entry.elements = undefined;
    if (elements !== undefined) this.pool.give(entry.dtype, elements);
  }
}

function isTexts(values: tf.BackendValues): values is Uint8Array[] {
  return Array.isArray(values);
}

function expectElementType(dtype: tf.DataType, subject: string): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TypeError(
    `${subject}: expected float32, int32 or bool on the onnxruntime backend, got ${dtype}; ` +
      `compute it on another backend, e.g. tf.setBackend("cpu")`,
  );
}

/** @returns the element that all others equal; undefined if there is none */
function findUniform(values: Exclude<tf.BackendValues, Uint8Array[]>): number | undefined {
  const [first] = values;
  for (const value of values) if (!Object.is(value, first)) return undefined;
  return first;
}
