import { browserTarget } from "./browser-target.ts";
import { pythonTarget } from "./python-target.ts";
import { nodeTarget } from "./scorer-target.ts";
import type { Target } from "./target.ts";

/** What can be compared with the network as trained. */
export const targetNames = ["cpu", "cuda", "wasm", "webgpu", "python"] as const;

export type TargetName = (typeof targetNames)[number];

export const targets: Readonly<Record<TargetName, Target>> = {
  cpu: nodeTarget("cpu"),
  cuda: nodeTarget("cuda"),
  wasm: browserTarget("wasm"),
  webgpu: browserTarget("webgpu"),
  python: pythonTarget,
};
