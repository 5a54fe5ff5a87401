/** A bounded queue between one writer and one reader, on the platform's own streams. */
export interface Pipe<Value> {
  /** Resolves when there is room for the next value, or nobody reads any more: awaiting it is the back-pressure. */
  readonly push: (value: Value) => Promise<void>;
  readonly end: () => void;
  /** The reader gets the error at once, and no more values. */
  readonly fail: (error: unknown) => void;
  readonly readable: ReadableStream<Value>;
}

/** @param capacity values that may wait for the reader */
export function openPipe<Value>(capacity: number): Pipe<Value> {
  const { writable, readable } = new TransformStream<Value, Value>(
    undefined,
    new CountQueuingStrategy({ highWaterMark: capacity }),
  );
  const writer = writable.getWriter();
  writer.closed.catch(ignore);
  return {
    async push(value) {
      writer.write(value).catch(ignore);
      await writer.ready.catch(ignore);
    },
    end() {
      writer.close().catch(ignore);
    },
    fail(error) {
      writer.abort(error).catch(ignore);
    },
    readable,
  };
}

function ignore(): void {
  // The reader has gone, or sees the error itself.
}
