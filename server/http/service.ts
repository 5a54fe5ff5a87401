import type { Engine } from "../engine/engine.ts";
import { RequestError } from "../request-error.ts";
import type { FilledOptions } from "../options.ts";

/** What the routes share. */
export interface Service {
  readonly engine: Engine;
  readonly options: FilledOptions;
  readonly budget: ByteBudget;
}

/** The bytes of all requests under way, bounded: many large bodies are refused before they fill the memory. */
export class ByteBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts a body's pieces as they pass. @returns the pieces, and what gives their bytes back
   * @throws RequestError busy, when the bytes of all are too many
   */
  count(pieces: AsyncIterable<Uint8Array>): {
    readonly pieces: AsyncIterable<Uint8Array>;
    readonly release: () => void;
  } {
    let held = 0;
    const take = (bytes: number): void => {
      if (this.#bytes + bytes > this.#maxBytes)
        throw new RequestError("busy", "server: expected less under way at a time; try again later");
      this.#bytes += bytes;
      held += bytes;
    };
    return {
      pieces: (async function* () {
        for await (const piece of pieces) {
          take(piece.length);
          yield piece;
        }
      })(),
      release: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }
}
