import * as tf from "@tensorflow/tfjs";
import type { Shape } from "./graph/value.ts";
import { BufferPool } from "./recording/buffers.ts";
import { Entry, type Lower } from "./recording/entry.ts";
import { Executor, type ExecutorStatistics } from "./recording/executor.ts";
import { Recorder } from "./recording/recorder.ts";
import type { SessionFactory } from "./sessions/session-factory.ts";
import { expectElementType, storeValues, TextEntry } from "./stored-data.ts";

/**
 * What both entries take.
 *
 *     await registerOnnxRuntimeBackend({ sessionCapacity: 16, poolBytes: 2 ** 28 });
 */
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

/**
 * Kernels do not compute here, they are recorded: when data is read, what is pending and still wanted runs as one ONNX
 * graph. `dataSync` needs a runtime that can compute synchronously (onnxruntime-node) and throws elsewhere.
 */
export class OnnxRuntimeBackend extends tf.KernelBackend {
  readonly #storage: tf.DataStorage<Entry | TextEntry>;
  readonly #pool: BufferPool;
  readonly #executor: Executor;
  /** What is pending; `compileStep` works on it too. */
  readonly recorder: Recorder;

  constructor(factory: SessionFactory, options: BackendOptions = {}) {
    super();
    this.#storage = new tf.DataStorage(this, tf.engine());
    this.#pool = new BufferPool(options.poolBytes ?? 2 ** 30);
    this.#executor = new Executor(factory, this.#pool, options.sessionCapacity ?? 64);
    this.recorder = new Recorder(this.#executor, this.#pool, options.longestRecording ?? 4096);
  }

  get statistics(): ExecutorStatistics & { readonly pendingKernels: number } {
    return { ...this.#executor.statistics, pendingKernels: this.recorder.pendingKernels };
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
    const entries = this.recorder.record({
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

  /** The data of a tensor, brought here from where it lives. @throws if it holds texts */
  findEntry(dataId: object): Entry {
    const entry = this.#storage.get(dataId);
    if (entry instanceof Entry) return entry;
    throw new TypeError("onnxruntime: expected numbers or booleans, got a tensor of texts");
  }

  /** The data of a tensor that lives on this backend already. */
  findOwnEntry(dataId: object): Entry | undefined {
    const entry = this.#storage.has(dataId) ? this.#storage.get(dataId) : undefined;
    return entry instanceof Entry ? entry : undefined;
  }

  addEntry(entry: Entry): tf.TensorInfo {
    const dataId = {};
    this.#storage.set(dataId, entry);
    return { dataId, shape: [...entry.shape], dtype: entry.dtype };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.#storage.set(dataId, storeValues(values, shape, dtype, this.#pool));
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const stored = storeValues(values, shape, dtype, this.#pool);
    stored.references = refCount;
    this.#storage.set(dataId, stored);
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const stored = this.#storage.get(dataId);
    if (stored instanceof TextEntry) return stored.texts;
    if (stored.node !== undefined) this.recorder.flush();
    if (!stored.isReady) await this.#executor.settle();
    return stored.copyElements();
  }

  override readSync(dataId: object): tf.BackendValues {
    const stored = this.#storage.get(dataId);
    if (stored instanceof TextEntry) return stored.texts;
    if (stored.node !== undefined) this.recorder.flush();
    if (!stored.isReady && !this.#executor.isSynchronous) {
      throw new Error(
        "onnxruntime: expected `await tensor.data()`, got `dataSync()`: this ONNX Runtime computes asynchronously",
      );
    }
    return stored.copyElements();
  }

  override refCount(dataId: object): number {
    return this.#storage.has(dataId) ? this.#storage.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#storage.get(dataId).references++;
  }

  /** @returns whether the data is gone */
  override disposeData(dataId: object, force = false): boolean {
    if (!this.#storage.has(dataId)) return true;
    const stored = this.#storage.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    stored.references = 0;
    this.#storage.delete(dataId);
    if (stored instanceof Entry) this.recorder.releaseIfUnused(stored);
    return true;
  }

  override numDataIds(): number {
    return this.#storage.numDataIds();
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
    this.recorder.flush();
    const start = performance.now();
    // At once, not after an await: TF.js's profiler reads what `run` has made right after this call.
    run();
    await this.finishPending();
    return { kernelMs: performance.now() - start };
  }

  /** Drops what is pending and frees sessions and memory. TF.js may set this backend again afterwards. */
  override dispose(): void {
    this.recorder.dropPending();
    this.#executor.dispose();
  }

  /** Resolves when nothing is pending any more. */
  async finishPending(): Promise<void> {
    this.recorder.flush();
    await this.#executor.settle();
  }
}
