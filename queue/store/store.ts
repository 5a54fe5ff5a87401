import { UserError } from "../../common/user-error.ts";

/**
 * Where machines exchange files: objects by their key. An object is there whole or not at all, and of two writers of
 * one key the last one wins, whole.
 */
export interface Store {
  /** Its address, without credentials, for messages. */
  readonly address: string;
  /** Whether there is an object of this key, with this many bytes where they are given. */
  has(key: string, bytes?: number): Promise<boolean>;
  /** A small object, or undefined where there is none. */
  read(key: string): Promise<Buffer | undefined>;
  write(key: string, content: Buffer | string): Promise<void>;
  /** As `write`, unless there is one: of several writers one wins. @returns whether this one did */
  writeIfAbsent(key: string, content: string): Promise<boolean>;
  /** Writes an object into a new file, block by block; each block is shown first. @returns false where there is none */
  download(key: string, file: string, onBlock: (block: Uint8Array) => void): Promise<boolean>;
  upload(file: string, key: string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): void;
}

/** A store that does not answer now: the job is not to blame, and may run later or elsewhere. */
export class StoreUnavailable extends UserError {
  override readonly name = "StoreUnavailable";
}
