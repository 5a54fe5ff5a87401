import { at } from "../../common/at.ts";
import type { InferenceSession } from "onnxruntime-common";
import type { Model, Node, ValueInfo } from "../../onnx/graph.ts";
import { makeNode } from "./int8-weights.ts";
import { listCalibratedValues, type ValueRange } from "./static-int8.ts";

const [smallest, largest] = ["/smallest", "/largest"] as const;

/** The model with the range of every value that static int8 asks for as two more outputs, one number each. */
export function observeRanges(model: Model): Model {
  const values = listCalibratedValues(model);
  const nodes = values.flatMap((value): Node[] => [
    makeReduction("ReduceMin", `${value}${smallest}`, value),
    makeReduction("ReduceMax", `${value}${largest}`, value),
  ]);
  const outputs = nodes.map((node): ValueInfo => ({
    name: at(node.outputs, 0),
    elementType: "float32",
    dims: [],
  }));
  return { ...model, nodes: [...model.nodes, ...nodes], outputs: [...model.outputs, ...outputs] };
}

/**
 * Runs a model that was exported with `observeRanges` on clips that it was trained on.
 *
 *     const observed = exportLayersModel(model, { observeRanges: true });
 *     const session = await ort.InferenceSession.create(observed);
 *     const ranges = await measureRanges(session, feeds);
 *     const small = exportLayersModel(model, { precision: "int8", ranges });
 *
 * @param batches what `session.run` takes, one clip or batch at a time
 * @returns for `ranges` of an export with `precision: "int8"`
 * @throws TypeError when the model was exported without `observeRanges`
 */
export async function measureRanges(
  session: Pick<InferenceSession, "run" | "outputNames">,
  batches: AsyncIterable<InferenceSession.FeedsType> | Iterable<InferenceSession.FeedsType>,
): Promise<Map<string, ValueRange>> {
  const names = session.outputNames.filter((name) => name.endsWith(smallest) || name.endsWith(largest));
  if (names.length === 0) throw new TypeError("ranges: expected a model exported with observeRanges");
  const ranges = new Map<string, ValueRange>();
  for await (const feeds of batches) {
    const outputs = await session.run(feeds, names);
    for (const name of names) {
      const value = name.replace(/\/(smallest|largest)$/, "");
      const number = Number(outputs[name]?.data[0]);
      const { min, max } = ranges.get(value) ?? { min: Infinity, max: -Infinity };
      ranges.set(value, { min: Math.min(min, number), max: Math.max(max, number) });
    }
  }
  return ranges;
}

function makeReduction(opType: string, output: string, value: string): Node {
  return makeNode(opType, output, [value], new Map([["keepdims", { type: "int", value: 0 } as const]]));
}
