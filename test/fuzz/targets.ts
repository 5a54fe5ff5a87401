import type { FuzzTarget } from "./fuzz-target.ts";

/** Runs a function on a target, whose inputs' type only it knows. */
export type WithTarget = <Answer>(
  use: <Input>(target: FuzzTarget<Input>) => Promise<Answer>,
) => Promise<Answer>;

/** A target is a line here. Each loads only what it needs. */
const targets: Readonly<Record<string, WithTarget>> = {
  decode: async (use) => use((await import("./decode-target.ts")).decodeTarget),
  onnx: async (use) => use((await import("./onnx-target.ts")).onnxTarget),
  tfjs: async (use) => use((await import("./tfjs-target.ts")).tfjsTarget),
  layouts: async (use) => use((await import("./layouts-target.ts")).layoutsTarget),
};

export const targetNames = Object.keys(targets);

/** @throws Error for an unknown name */
export function findTarget(name: string): WithTarget {
  const target = targets[name];
  if (target === undefined) {
    throw new Error(`--target: expected ${targetNames.join(", ")} or all, got ${name}`);
  }
  return target;
}
