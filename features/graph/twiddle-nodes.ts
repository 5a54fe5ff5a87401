import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { at } from "../../common/at.ts";
import { cutInThree } from "./cut-numbers.ts";
import type { FourierSplit } from "./fourier-matrices.ts";

/**
 * The FFT's middle step: for each k1 and b a complex matrix from a to c with entries
 * e^(-2 pi i (last a + b) (k1 + rows c) / fftSamples), multiplied by values cut in three levels.
 *
 * All entries are cosines of whole multiples of 2 pi / fftSamples, so the file holds one period of the cosine, and the
 * matrices are looked up in it once, when a runtime folds constants as it loads the graph.
 * @param levels [halfRows x last, 1, frames, 2 middle]: whole numbers in units of 2^-bits, whole numbers in units of
 *   2^-2bits, a rest in these units
 * @returns three sums [halfRows x last, 2, frames, middle] in units of 1, the first two exact, the last smallest
 */
export function addTwiddledDfts(
  graph: GraphBuilder,
  levels: readonly string[],
  split: FourierSplit,
  bits: number,
): string[] {
  const size = split.rows * split.columns;
  const cosine = Float64Array.from({ length: size }, (_, step) => Math.cos((2 * Math.PI * step) / size));
  const [coarse, fine, finest] = cutInThree(cosine, bits);
  const steps = addSteps(graph, split);
  const lookUp = (values: Float64Array, level: number): string => {
    const unit = 2 ** (level === 0 ? -bits : -2 * bits);
    const table = graph.addConstant(
      "cosines",
      Float32Array.from(values, (value) => value * unit),
      [size],
    );
    return graph.addNode("Gather", [table, steps]);
  };
  const multiply = (level: number, values: Float64Array): string =>
    graph.addNode("MatMul", [at(levels, level), lookUp(values, level)]);
  const fineAll = fine.map((value, index) => value + at(finest, index));
  const add = (one: string, other: string): string => graph.addNode("Add", [one, other]);
  return [
    multiply(0, coarse),
    add(multiply(0, fine), multiply(1, coarse)),
    add(add(multiply(0, finest), multiply(1, fineAll)), multiply(2, cosine)),
  ];
}

/**
 * Which cosine stands where: [halfRows x last, 2 (real, imaginary out), 2 middle (real, imaginary in; a), middle (c)]
 * int64. A sine is a cosine a quarter of a turn before.
 */
function addSteps(graph: GraphBuilder, { rows, columns, halfRows, middle, last }: FourierSplit): string {
  const size = rows * columns;
  const count = (length: number, valueAt: (index: number) => number, dims: readonly number[]): string =>
    graph.addConstant(
      "steps",
      BigInt64Array.from({ length }, (_, index) => BigInt(valueAt(index))),
      dims,
    );
  const inputs = count(last * middle, (index) => last * (index % middle) + Math.floor(index / middle), [
    last,
    1,
    1,
    middle,
    1,
  ]);
  const outputs = count(halfRows * middle, (index) => Math.floor(index / middle) + rows * (index % middle), [
    halfRows,
    1,
    1,
    1,
    1,
    middle,
  ]);
  // Re' = Re cos + Im sin, Im' = Im cos - Re sin
  const quarters = [0, (3 * size) / 4, size / 4, 0];
  const parts = count(4, (index) => at(quarters, index), [2, 2, 1, 1]);
  const turns = graph.addNode("Add", [graph.addNode("Mul", [inputs, outputs]), parts]);
  const wrapped = graph.addNode("Mod", [turns, count(1, () => size, [1])]);
  return graph.addNode("Reshape", [wrapped, graph.addInts([halfRows * last, 2, 2 * middle, middle])]);
}
