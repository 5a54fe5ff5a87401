import type { Constant, Model, Node } from "../../onnx/graph.ts";

/** Who makes and who uses each value; of one state of a model, to be made anew after a change. */
export interface ModelIndex {
  readonly producers: ReadonlyMap<string, Node>;
  readonly constants: ReadonlyMap<string, Constant>;
  /** How many node inputs and graph outputs take the value. */
  countUses(value: string): number;
}

export function indexModel({ nodes, constants, outputs }: Model): ModelIndex {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const uses = new Map<string, number>();
  for (const value of [...nodes.flatMap((node) => node.inputs), ...outputs.map((output) => output.name)]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  return {
    producers,
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    countUses: (value) => uses.get(value) ?? 0,
  };
}

/** `nodes` with every use of a key of `renamed` replaced by its value. */
export function renameInputs(nodes: readonly Node[], renamed: ReadonlyMap<string, string>): Node[] {
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => renamed.get(input) ?? input) }));
}
