import { emitModel, type EmittedInput } from "../graph/emit-model.ts";
import { countElements, type Shape, type Value } from "../graph/value.ts";
import { lowerRecording } from "./lower-recording.ts";
import type { Recording, WantedEntry } from "./recording.ts";
import { at } from "../../common/at.ts";

type PlannedOutput =
  | { readonly kind: "uniform"; readonly value: number }
  | { readonly kind: "computed"; readonly name: string; readonly shape: Shape };

/** All that recordings of one signature need to run, apart from the session. */
export interface Plan {
  readonly inputs: readonly EmittedInput[];
  /** One for each wanted entry. */
  readonly outputs: readonly PlannedOutput[];
  /** Uniform leaves whose value is built into the graph: another value needs another graph. */
  readonly builtIn: readonly { readonly leaf: number; readonly value: number }[];
  /** undefined when there is nothing to compute. */
  readonly model: Uint8Array | undefined;
  readonly nodeCount: number;
}

export function makePlan(
  recording: Recording,
  wanted: readonly WantedEntry[],
  varying: ReadonlySet<number>,
): Plan {
  const values = lowerRecording(recording, wanted, varying);
  const computed = values.filter((value) => findUniform(value) === undefined);
  const emitted = computed.length === 0 ? undefined : emitModel(computed);
  const names = [...(emitted?.outputs.values() ?? [])];
  let taken = 0;
  return {
    inputs: emitted?.inputs ?? [],
    outputs: values.map((value) => {
      const uniform = findUniform(value);
      if (uniform !== undefined) return { kind: "uniform", value: uniform };
      return { kind: "computed", name: at(names, taken++), shape: value.shape };
    }),
    builtIn: [...recording.uniforms].flatMap(([leaf, value]) => (varying.has(leaf) ? [] : [{ leaf, value }])),
    model: emitted?.bytes,
    nodeCount: emitted?.nodeCount ?? 0,
  };
}

/** The element that all of a value's elements equal, if the graph already says so. */
function findUniform(value: Value): number | undefined {
  if (countElements(value.shape) === 0) return 0;
  return value.kind === "constant" && value.elements.length === 1 ? value.elements[0] : undefined;
}
