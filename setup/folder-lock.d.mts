export function holdLock<Result>(
  folder: string,
  subject: string,
  work: () => Promise<Result>,
): Promise<Result>;
export function isAlive(processId: number): boolean;
