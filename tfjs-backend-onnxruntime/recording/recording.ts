import type { Shape } from "../graph/value.ts";
import type { ElementType } from "./buffers.ts";
import { Entry, type Lower, type RecordedNode, type Source } from "./entry.ts";
import { Hash } from "./hash.ts";

/** What a kernel asks to be computed. */
export interface KernelRequest {
  readonly kernelName: string;
  /** All that `lower` depends on besides its inputs' shapes and types. */
  readonly key: string;
  readonly inputs: readonly { readonly entry: Entry; readonly shape: Shape }[];
  readonly outputs: readonly { readonly dtype: ElementType; readonly shape: Shape }[];
  readonly lower: Lower;
}

/** Numbers for texts, so that hashing a node does not walk through its attributes' text each time. */
const textNumbers = new Map<string, number>();

function numberText(text: string): number {
  const known = textNumbers.get(text);
  if (known !== undefined) return known;
  textNumbers.set(text, textNumbers.size + 1);
  return textNumbers.size;
}

export interface WantedEntry {
  readonly entry: Entry;
  /** What computes it. */
  readonly node: RecordedNode;
  readonly output: number;
}

const typeNumbers = { float32: 1, int32: 2, bool: 3 } satisfies Record<ElementType, number>;

let recordingCount = 0;

/** Kernels asked for and not computed yet, and the data (leaves) that they start from, in order of first use. */
export class Recording {
  readonly id = recordingCount++;
  readonly nodes: RecordedNode[];
  readonly leaves: Entry[] = [];
  /** Elements of the leaves that were known to be uniform when they were first used, by number of the leaf. */
  readonly uniforms = new Map<number, number>();

  constructor(nodes: RecordedNode[] = []) {
    this.nodes = nodes;
  }

  /** The same kernels on other data, one entry for each leaf. */
  repeat(leaves: readonly Entry[]): Recording {
    const recording = new Recording(this.nodes);
    for (const entry of leaves) {
      entry.usedBy = recording.id;
      recording.leaves.push(entry);
      if (entry.uniform !== undefined && entry.size > 0)
        recording.uniforms.set(recording.leaves.length - 1, entry.uniform);
    }
    return recording;
  }

  record({ kernelName, key, inputs, outputs, lower }: KernelRequest): Entry[] {
    const hash = new Hash(numberText(`${kernelName} ${key}`));
    const sources = inputs.map(({ entry, shape }): Source => {
      const { node } = entry;
      if (node === undefined) {
        const leaf = this.#useLeaf(entry);
        hash.add(leaf).add(typeNumbers[entry.dtype]).addAll(entry.shape).addAll(shape);
        hash.add(this.uniforms.has(leaf) ? 1 : 0);
        return { kind: "leaf", leaf, shape };
      }
      const output = node.outputs.indexOf(entry);
      hash.add(node.hash.high).add(node.hash.low).add(output).addAll(shape);
      return { kind: "node", node, output, shape };
    });
    const entries = outputs.map(({ dtype, shape }) => new Entry(dtype, shape));
    for (const entry of entries) hash.addAll(entry.shape).add(typeNumbers[entry.dtype]);
    const node = { kernelName, lower, sources, outputs: entries, hash };
    for (const entry of entries) entry.node = node;
    this.nodes.push(node);
    return entries;
  }

  /**
   * Ends the recording. @returns the pending data that someone still holds, in the order in which it was recorded, and a
   * signature: recordings with the same one are served by one graph, with their leaves as its inputs
   */
  close(): { wanted: WantedEntry[]; signature: string } {
    const hash = new Hash();
    const wanted = this.nodes.flatMap((node) =>
      node.outputs.flatMap((entry, output) => {
        entry.node = undefined;
        if (entry.references <= 0) return [];
        hash.add(node.hash.high).add(node.hash.low).add(output);
        return [{ entry, node, output }];
      }),
    );
    return { wanted, signature: hash.add(wanted.length).toString() };
  }

  #useLeaf(entry: Entry): number {
    if (entry.usedBy === this.id) return entry.leaf;
    entry.usedBy = this.id;
    entry.leaf = this.leaves.length;
    this.leaves.push(entry);
    if (entry.uniform !== undefined && entry.size > 0) this.uniforms.set(entry.leaf, entry.uniform);
    return entry.leaf;
  }
}
