import * as tf from "@tensorflow/tfjs";
import { UserError } from "../../common/user-error.ts";
import type { NamedValues } from "../checkpoints/tensor-file.ts";

/** Copies variables out of the engine. @throws UserError when one holds NaN or infinity */
export async function readVariables(variables: ReadonlyMap<string, tf.Variable>): Promise<NamedValues[]> {
  const read = [...variables].map(async ([name, variable]) => {
    const values = await variable.data<"float32">();
    if (!values.every(Number.isFinite))
      throw new UserError(`${name}: expected finite values, got NaN or infinity: training has diverged`);
    return { name, shape: variable.shape, values };
  });
  return await Promise.all(read);
}

/** Sets variables to stored values. @throws UserError listing names and shapes that do not fit */
export function writeVariables(
  variables: ReadonlyMap<string, tf.Variable>,
  stored: readonly NamedValues[],
  source: string,
): void {
  const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  const problems: string[] = [];
  for (const [name, variable] of variables) {
    const tensor = byName.get(name);
    const expected = `[${variable.shape.join(", ")}]`;
    const got = tensor === undefined ? "nothing" : `[${tensor.shape.join(", ")}]`;
    if (expected !== got) problems.push(`${name}: expected ${expected}, got ${got}`);
    else if (tensor !== undefined)
      tf.tidy(() => {
        variable.assign(tf.tensor(tensor.values, [...tensor.shape]));
      });
  }
  if (problems.length > 0)
    throw new UserError(`${source}: its values do not fit the network:\n${problems.join("\n")}`);
}
