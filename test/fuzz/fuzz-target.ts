import type { Random } from "../../common/random.ts";

/** What an input did: it was taken, refused as a user's mistake, or showed a fault. */
export type FuzzOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" }
  /** @param problem one line; findings of one kind should read alike but for numbers */
  | { readonly kind: "fault"; readonly problem: string };

export interface FuzzFile {
  /** Relative, with `/` between names. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * What is fuzzed. Input n of a seed is `mutate(seeds[k], random)` with numbers of a stream of its own, so that a finding
 * is made again from the seed and n. Inputs run in a child process, one after another: a hang, a crash or too much
 * memory is a finding too.
 */
export interface FuzzTarget<Input> {
  /** Longest that one input may take. */
  readonly maxMs: number;
  /** Most memory that the process may hold after an input. */
  readonly maxMegabytes: number;
  /** Good inputs of every kind that is read. Made or read once. */
  loadSeeds(): Promise<readonly Input[]>;
  /** A changed copy: what a disk, a network, another program or an attacker makes of it. */
  mutate(seed: Input, random: Random): Input;
  /** What it throws is a fault: a target catches what a user may see, such as a UserError, and checks its message. */
  run(input: Input, random: Random): Promise<FuzzOutcome>;
  /** The input as files, ready to become a test. */
  writeFiles(input: Input): readonly FuzzFile[];
}

/** Longest message that a user may see. */
const maxMessage = 400;

/** A refusal, unless its message is no message for a user: too long, of several lines, or without a subject. */
export function checkRefusal(message: string, subject: string): FuzzOutcome {
  if (message.length > maxMessage) return fault(`a message of ${message.length} characters`);
  if (/[\n\r]/.test(message)) return fault(`a message of several lines: ${message.slice(0, 100)}`);
  if (!message.startsWith(subject)) return fault(`a message without its subject: ${message.slice(0, 100)}`);
  return { kind: "refused" };
}

export function fault(problem: string): FuzzOutcome {
  return { kind: "fault", problem };
}
