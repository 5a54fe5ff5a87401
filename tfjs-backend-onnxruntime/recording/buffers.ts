import type { ValueType } from "../graph/value.ts";

export type ElementType = Exclude<ValueType, "int64">;
export type Elements = Float32Array | Int32Array | Uint8Array;

const makers = {
  float32: (length: number): Elements => new Float32Array(length),
  int32: (length: number): Elements => new Int32Array(length),
  bool: (length: number): Elements => new Uint8Array(length),
} satisfies Record<ElementType, (length: number) => Elements>;

/** Arrays below this many elements are cheaper to make than to keep. */
const minKept = 256;

/**
 * Arrays for tensors, used again after their tensor is disposed: a training step asks for the same lengths at each turn,
 * so memory neither grows nor waits for the garbage collector.
 */
export class BufferPool {
  readonly #free = new Map<string, Elements[]>();
  readonly #capacityBytes: number;
  #freeBytes = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** @returns an array whose content is arbitrary */
  take(dtype: ElementType, length: number): Elements {
    const found = this.#free.get(`${dtype} ${length}`)?.pop();
    if (found === undefined) return makers[dtype](length);
    this.#freeBytes -= found.byteLength;
    return found;
  }

  give(dtype: ElementType, elements: Elements): void {
    if (elements.length < minKept || this.#freeBytes + elements.byteLength > this.#capacityBytes) return;
    const key = `${dtype} ${elements.length}`;
    const list = this.#free.get(key);
    if (list === undefined) this.#free.set(key, [elements]);
    else list.push(elements);
    this.#freeBytes += elements.byteLength;
  }

  clear(): void {
    this.#free.clear();
    this.#freeBytes = 0;
  }
}
