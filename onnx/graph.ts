import type { Attribute } from "./attributes.ts";
import type { ElementType, TensorData } from "./element-types.ts";

/** A length, or the name of one that is known only when the model runs; equal names mean equal lengths. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly Dimension[];
}

/** A tensor stored in the model (ONNX: initializer). */
export interface Constant {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorData;
  /** Trained, and counted as the network's; false for what a conversion needs besides. The file does not hold it. */
  readonly isParameter: boolean;
}

export interface Node {
  readonly name: string;
  readonly opType: string;
  /** "" is ONNX's own operator set. */
  readonly domain: string;
  /** Names of values; "" leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A model in memory: what GraphBuilder makes, passes rewrite, `writeModel` encodes and `readModel` decodes. */
export interface Model {
  readonly graphName: string;
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Each node stands after those whose values it uses. */
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Numbers in the model's trained tensors. */
export function countParameters(model: Model): number {
  return model.constants.reduce((sum, { isParameter, data }) => sum + (isParameter ? data.length : 0), 0);
}
