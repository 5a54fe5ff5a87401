/** Lets so many calls run at a time; the others wait in the order in which they came. */
export interface Gate {
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    async pass(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift(); // takes over the place
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
