import * as tf from "@tensorflow/tfjs";
import type { OnnxRuntimeBackend } from "./backend.ts";
import { Entry } from "./recording/entry.ts";
import type { Job } from "./recording/executor.ts";

/** Where a leaf of the step's graph comes from at each call. */
type LeafSource =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  | { readonly kind: "constant"; readonly entry: Entry };

/** Where what the graph computes goes. */
type Target =
  | { readonly kind: "output"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: tf.Variable };

/** A step's graph with its connections to the program. */
export class CapturedStep {
  readonly #job: Job;
  readonly #leaves: readonly LeafSource[];
  readonly #targets: readonly Target[];

  constructor(job: Job, leaves: readonly LeafSource[], targets: readonly Target[]) {
    this.#job = job;
    this.#leaves = leaves;
    this.#targets = targets;
  }

  /** @returns the step's outputs; undefined when its inputs are of another kind, so that it has to be recorded */
  replay(backend: OnnxRuntimeBackend, inputs: readonly tf.Tensor[]): tf.Tensor[] | undefined {
    backend.recorder.flush();
    const leaves = this.#leaves.map((source) => readLeaf(backend, source, inputs));
    const fits = leaves.every(
      (entry, leaf) => this.#job.recording.uniforms.has(leaf) === (entry.uniform !== undefined),
    );
    if (!fits) return undefined;
    const filled = backend.recorder.replay(this.#job, leaves);
    const outputs: tf.Tensor[] = [];
    this.#targets.forEach((target, index) => {
      const entry = filled[index];
      if (entry === undefined) throw new RangeError(`target ${index}: expected data`);
      const tensor = tf.engine().makeTensorFromTensorInfo(backend.addEntry(entry));
      if (target.kind === "output") {
        outputs[target.index] = tensor;
        return;
      }
      target.variable.assign(tensor);
      tensor.dispose();
    });
    return outputs;
  }

  /** Whether both calls recorded the same graph, with the same numbers and the same constant data. */
  equals(other: CapturedStep): boolean {
    return (
      this.#job.signature === other.#job.signature &&
      this.#leaves.length === other.#leaves.length &&
      this.#leaves.every((source, leaf) => equalSources(source, other.#leaves[leaf])) &&
      this.#targets.every((target, index) => equalTargets(target, other.#targets[index]))
    );
  }
}

/**
 * Runs a step and notes how its graph is connected.
 * @returns no `step` when its graph alone would not do what it did: it read data on its way, left tensors of its own
 * behind, set a variable to something that it did not compute, or works on variables that share their data
 */
export function captureStep(
  backend: OnnxRuntimeBackend,
  run: () => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): { readonly outputs: tf.Tensor[]; readonly step: CapturedStep | undefined } {
  backend.recorder.flush();
  const variablesBefore = listVariables(backend);
  if (variablesBefore === undefined) return { outputs: tf.tidy(run), step: undefined };
  const jobs: Job[] = [];
  backend.recorder.onJob = (job) => jobs.push(job);
  try {
    const outputs = tf.tidy(run);
    const leaves = backend.recorder.leaves.map((entry) =>
      findSource(backend, entry, inputs, variablesBefore),
    );
    backend.recorder.flush();
    const [job] = jobs;
    if (job === undefined || jobs.length > 1) return { outputs, step: undefined };
    const targets = findTargets(backend, job, outputs, variablesBefore);
    return { outputs, step: targets === undefined ? undefined : new CapturedStep(job, leaves, targets) };
  } finally {
    backend.recorder.onJob = undefined;
  }
}

/** @returns undefined when two variables hold the same data, so that it does not tell which of them a step reads */
function listVariables(backend: OnnxRuntimeBackend): Map<Entry, tf.Variable> | undefined {
  const byEntry = new Map<Entry, tf.Variable>();
  for (const variable of Object.values(tf.engine().state.registeredVariables)) {
    const entry = backend.findOwnEntry(variable.dataId);
    if (entry === undefined) continue;
    if (byEntry.has(entry)) return undefined;
    byEntry.set(entry, variable);
  }
  return byEntry;
}

function findSource(
  backend: OnnxRuntimeBackend,
  entry: Entry,
  inputs: readonly tf.Tensor[],
  variables: ReadonlyMap<Entry, tf.Variable>,
): LeafSource {
  const index = inputs.findIndex(({ dataId }) => backend.findEntry(dataId) === entry);
  if (index >= 0) return { kind: "input", index };
  const variable = variables.get(entry);
  // The step's own data may be freed after it: keep a copy.
  return variable === undefined ? { kind: "constant", entry: entry.copy() } : { kind: "variable", variable };
}

/** @returns where each wanted entry of the job goes; undefined when outputs or variables hold anything else */
function findTargets(
  backend: OnnxRuntimeBackend,
  { wanted }: Job,
  outputs: readonly tf.Tensor[],
  before: ReadonlyMap<Entry, tf.Variable>,
): Target[] | undefined {
  const after = listVariables(backend);
  if (after === undefined) return undefined;
  const changed = new Map([...after].filter(([entry]) => !before.has(entry)));
  const entries = outputs.map(({ dataId }) => backend.findEntry(dataId));
  const targets = wanted.flatMap(({ entry }): Target[] => {
    const index = entries.indexOf(entry);
    if (index >= 0) return [{ kind: "output", index }];
    const variable = changed.get(entry);
    return variable === undefined ? [] : [{ kind: "variable", variable }];
  });
  const isComplete = targets.length === wanted.length && targets.length === outputs.length + changed.size;
  return isComplete ? targets : undefined;
}

function readLeaf(backend: OnnxRuntimeBackend, source: LeafSource, inputs: readonly tf.Tensor[]): Entry {
  if (source.kind === "constant") return source.entry;
  const tensor = source.kind === "variable" ? source.variable : inputs[source.index];
  if (tensor === undefined) throw new RangeError("compileStep: expected as many inputs as before");
  return backend.findEntry(tensor.dataId);
}

function equalSources(a: LeafSource, b: LeafSource | undefined): boolean {
  if (a.kind === "input") return b?.kind === "input" && a.index === b.index;
  if (a.kind === "variable") return b?.kind === "variable" && a.variable === b.variable;
  return b?.kind === "constant" && a.entry.equals(b.entry);
}

function equalTargets(a: Target, b: Target | undefined): boolean {
  if (a.kind === "output") return b?.kind === "output" && a.index === b.index;
  return b?.kind === "variable" && a.variable === b.variable;
}
