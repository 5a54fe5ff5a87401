export interface Owner {
  readonly pid: number;
  /** When the process started, as the system says it. */
  readonly start?: string;
  /** Of the machine, so that starts of two boots are not compared. */
  readonly boot?: string;
  readonly host?: string;
}

/** Runs `work` while holding the lock `folder`; waits for another process that holds it. */
export function holdLock<Result>(
  folder: string,
  subject: string,
  work: () => Promise<Result>,
): Promise<Result>;

/** Takes the lock `folder`, or says who has it. */
export function tryLock(
  folder: string,
): Promise<
  | { readonly release: () => Promise<void>; readonly owner?: undefined }
  | { readonly release?: undefined; readonly owner: Owner }
>;

/** `process 1234 on studio`, for messages. */
export function describeOwner(owner: Owner): string;
