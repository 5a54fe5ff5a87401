import type { GraphSession } from "../sessions/session-factory.ts";
import type { Plan } from "./plan.ts";

export interface CachedSession {
  readonly plan: Plan;
  readonly session: GraphSession | undefined;
}

/** Sessions by signature; beyond `capacity` the one unused for longest goes. */
export class SessionCache {
  readonly #entries = new Map<string, CachedSession>();
  readonly #varying = new Map<string, ReadonlySet<number>>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(signature: string): CachedSession | undefined {
    const found = this.#entries.get(signature);
    if (found === undefined) return undefined;
    // A Map keeps the order of insertion: the last one is the one used last.
    this.#entries.delete(signature);
    this.#entries.set(signature, found);
    return found;
  }

  /** @returns sessions that are no longer cached: the caller disposes of them once nothing runs them */
  put(signature: string, entry: CachedSession): GraphSession[] {
    const evicted = [this.#entries.get(signature)?.session];
    this.#entries.delete(signature);
    this.#entries.set(signature, entry);
    for (const [oldest, { session }] of this.#entries) {
      if (this.#entries.size <= this.#capacity) break;
      this.#entries.delete(oldest);
      evicted.push(session);
    }
    return evicted.filter((session) => session !== undefined);
  }

  /** Leaves of this signature whose uniform value was seen to change. */
  listVarying(signature: string): ReadonlySet<number> {
    return this.#varying.get(signature) ?? new Set();
  }

  addVarying(signature: string, leaves: readonly number[]): void {
    this.#varying.set(signature, new Set([...this.listVarying(signature), ...leaves]));
  }

  /** @returns all sessions, which the caller disposes of */
  clear(): GraphSession[] {
    const sessions = [...this.#entries.values()].flatMap(({ session }) => session ?? []);
    this.#entries.clear();
    this.#varying.clear();
    return sessions;
  }
}
