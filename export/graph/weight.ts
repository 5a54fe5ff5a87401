import { at } from "../../common/at.ts";

/**
 * One weight of a layer: float32, row-major.
 *
 *     const zeros: Weight = { data: new Float32Array(12), dims: [3, 4] };
 */
export interface Weight {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A new weight with its axes in the order `axes`, as numpy's transpose. */
export function transposeWeight({ data, dims }: Weight, axes: readonly number[]): Weight {
  const strides = computeStrides(dims);
  const newDims = axes.map((axis) => at(dims, axis));
  const newStrides = axes.map((axis) => at(strides, axis));
  const moved = new Float32Array(data.length);
  const last = newDims.length - 1;
  const [rowSize, rowStride] = last < 0 ? [1, 0] : [at(newDims, last), at(newStrides, last)];
  const index = newDims.slice(0, -1).map(() => 0);
  let source = 0;
  // Loops over every number of the weight: `?? 0` is never taken, and `at` would cost time.
  for (let target = 0; target < moved.length;) {
    for (let place = 0; place < rowSize; place++) moved[target++] = data[source + place * rowStride] ?? 0;
    for (let axis = last - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      source += newStrides[axis] ?? 0;
      if (next < (newDims[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      source -= next * (newStrides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return { data: moved, dims: newDims };
}

export function reshapeWeight({ data }: Weight, dims: readonly number[]): Weight {
  return { data, dims };
}

export function mapWeight({ data, dims }: Weight, change: (value: number, index: number) => number): Weight {
  return { data: data.map(change), dims };
}

function computeStrides(dims: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...dims].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

/** Weights of equal dims but for the last axis, side by side along it. */
export function joinLastAxis(weights: readonly Weight[]): Weight {
  const widths = weights.map(({ dims }) => at(dims, -1));
  const width = widths.reduce((sum, part) => sum + part, 0);
  const outer = at(weights, 0).dims.slice(0, -1);
  const rows = outer.reduce((product, size) => product * size, 1);
  const data = new Float32Array(rows * width);
  let offset = 0;
  weights.forEach((weight, index) => {
    const part = at(widths, index);
    for (let row = 0; row < rows; row++) {
      data.set(weight.data.subarray(row * part, (row + 1) * part), row * width + offset);
    }
    offset += part;
  });
  return { data, dims: [...outer, width] };
}
