import type { Tensor } from "onnxruntime-common";

export type NamedTensors = Record<string, Tensor>;

/** A loaded graph. `outputs` hold the tensors that the results are written into. */
export interface GraphSession {
  run(inputs: NamedTensors, outputs: NamedTensors): Promise<void>;
  /** Only where the runtime can compute without returning to the event loop: it makes `dataSync` possible. */
  runSync?(inputs: NamedTensors, outputs: NamedTensors): void;
  dispose(): Promise<void>;
}

/** The seam between the recording core, which knows no platform, and an ONNX Runtime. */
export interface SessionFactory {
  /** Name and version of the runtime, for people. */
  readonly name: string;
  readonly version: string;
  create(model: Uint8Array): Promise<GraphSession>;
  /** Given together with the sessions' `runSync`, or not at all. */
  readonly createSync?: (model: Uint8Array) => GraphSession;
}
