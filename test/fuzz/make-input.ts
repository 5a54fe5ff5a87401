import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { fault, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";

/** Input n of a seed, the same in every process. */
export function makeInput<Input>(
  target: FuzzTarget<Input>,
  seeds: readonly Input[],
  seed: number,
  index: number,
): Input {
  const random = createRandom(seed, `input ${index}`);
  return target.mutate(at(seeds, index % seeds.length), random);
}

/** Makes and runs input n. What is thrown is a fault, of the target itself where it is thrown by its `mutate`. */
export async function runInput<Input>(
  target: FuzzTarget<Input>,
  seeds: readonly Input[],
  seed: number,
  index: number,
): Promise<FuzzOutcome> {
  try {
    const input = makeInput(target, seeds, seed, index);
    return await target.run(input, createRandom(seed, `run ${index}`));
  } catch (error) {
    return fault(describeThrown(error));
  }
}

function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const [, place = ""] = (error.stack ?? "").split("\n    at ");
  return `threw ${error.name}: ${error.message} at ${place}`.slice(0, 300).replaceAll("\n", " ");
}
