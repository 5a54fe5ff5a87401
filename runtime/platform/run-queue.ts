/** Starts each run when the one before has ended, well or badly: for runtimes whose sessions cannot run at once. */
export function createRunQueue(): <Answer>(run: () => Promise<Answer>) => Promise<Answer> {
  let previous: Promise<unknown> = Promise.resolve(); // never rejects
  return (run) => {
    const current = previous.then(run);
    previous = current.then(ignore, ignore); // a failed run must not poison the next
    return current;
  };
}

function ignore(): void {
  // Its caller sees the failure.
}
