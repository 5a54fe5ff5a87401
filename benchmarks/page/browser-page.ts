/** What a page of the browser benchmark gives to it: times in milliseconds. */
export interface PageTimes {
  readonly load: number;
  readonly first: number;
  readonly following: readonly number[];
}

const runs = 10;

/** @param load makes the model ready and returns what answers once */
export async function timePage(load: () => Promise<() => Promise<unknown>>): Promise<PageTimes> {
  const answer = await load();
  const ready = performance.now(); // since the page was opened
  await answer();
  const first = performance.now() - ready;
  const following: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await answer();
    following.push(performance.now() - start);
  }
  return { load: ready, first, following };
}
