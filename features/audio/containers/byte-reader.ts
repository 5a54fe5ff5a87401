/**
 * Reads a file in its order, whether it is in memory or arrives in pieces of any size: only what was looked at and
 * not yet taken is kept.
 */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #hasEnded = false;
  #position = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Bytes taken so far, for messages. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, without taking them; fewer only at the file's end. */
  async peek(count: number): Promise<Uint8Array> {
    if (this.#pending.length < count && !this.#hasEnded) await this.#fill(count);
    return this.#pending.subarray(0, count);
  }

  /** The next bytes; fewer only at the file's end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.#pending = this.#pending.subarray(bytes.length);
    this.#position += bytes.length;
    return bytes;
  }

  /**
   * Takes what has arrived, whole blocks of up to `count` bytes, and waits for no more than one: of a sound that is
   * being uploaded, what is there is used at once. @returns less than a block only at the file's end
   */
  async takeBlocks(count: number, blockBytes: number): Promise<Uint8Array> {
    const { length } = await this.peek(Math.min(count, blockBytes));
    const arrived = Math.min(count, this.#pending.length);
    return this.take(length < blockBytes ? length : arrived - (arrived % blockBytes));
  }

  /** Takes so many bytes without keeping them. @returns how many there were */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count) {
      const { length } = await this.take(Math.min(count - skipped, maxPieceBytes));
      if (length === 0) break;
      skipped += length;
    }
    return skipped;
  }

  /** All bytes up to the file's end, or `count` of them, in pieces. */
  async *takePieces(count = Infinity): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0;) {
      const piece = await this.take(Math.min(left, maxPieceBytes));
      if (piece.length === 0) return;
      left -= piece.length;
      yield piece;
    }
  }

  /** Ends the source, as a file that is open. */
  async close(): Promise<void> {
    this.#hasEnded = true;
    await this.#pieces.return?.();
  }

  async #fill(count: number): Promise<void> {
    const parts = [this.#pending];
    let length = this.#pending.length;
    while (length < count) {
      const next = await this.#pieces.next();
      if (next.done === true) {
        this.#hasEnded = true;
        break;
      }
      parts.push(next.value);
      length += next.value.length;
    }
    this.#pending = joinBytes(parts.filter((part) => part.length > 0));
  }
}

/** 64 KiB of sound take a few milliseconds, so that a loop over pieces can be stopped. */
const maxPieceBytes = 2 ** 16;

/** One array with all bytes; a single part as it is. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  if (first !== undefined && others.length === 0) return first;
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** A file in memory as one piece. */
// eslint-disable-next-line @typescript-eslint/require-await -- files give their pieces asynchronously
export async function* givePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
