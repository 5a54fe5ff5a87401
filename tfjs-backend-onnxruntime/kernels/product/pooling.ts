import { backend_util, type TensorInfo } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import { countElements, type Value } from "../../graph/value.ts";
import type { KernelCall } from "../../kernel-call.ts";
import { cast, combine, combineAll, compare } from "../../operators/elementwise.ts";
import { addTaps, listTaps, padImages, takeTap, type Windows } from "../../operators/windows.ts";
import { one, three, two } from "../../recording/lower.ts";
import { padToFit, readPadding, readPair, readRounding, toFour } from "./convolution-shape.ts";
import type { Kernel } from "../kernel.ts";
import { at } from "../../../common/at.ts";

interface Pooling {
  readonly windows: Windows;
  readonly inputShape: readonly [number, number, number, number];
  readonly outputShape: readonly number[];
}

/** Less than any float32 but minus infinity: what pads a maximum. */
const lowest = -3.4028234663852886e38;

function readPooling(call: KernelCall, info: TensorInfo): Pooling {
  const inputShape = toFour(call, "input", info.shape);
  const pool = backend_util.computePool2DInfo(
    inputShape,
    readPair(call, "filterSize"),
    readPair(call, "strides"),
    call.has("dilations") ? readPair(call, "dilations") : 1,
    readPadding(call),
    readRounding(call),
  );
  return {
    windows: padToFit(
      {
        size: [pool.filterHeight, pool.filterWidth],
        dilation: [pool.dilationHeight, pool.dilationWidth],
        stride: [pool.strideHeight, pool.strideWidth],
        before: [pool.padInfo.top, pool.padInfo.left],
        after: [pool.padInfo.bottom, pool.padInfo.right],
        count: [pool.outHeight, pool.outWidth],
      },
      [pool.inHeight, pool.inWidth],
    ),
    inputShape,
    outputShape: pool.outShape,
  };
}

function listTapValues(graph: Graph, x: Value, windows: Windows, padding: number): Value[] {
  const padded = padImages(graph, x, windows, padding);
  return listTaps(windows).map((tap) => takeTap(graph, padded, windows, tap));
}

const maxPool: Kernel = {
  kernelName: "MaxPool",
  record(backend, call) {
    const x = call.input("x");
    const pooling = readPooling(call, x);
    const request = {
      kernelName: "MaxPool",
      key: JSON.stringify(pooling),
      inputs: [x],
      lower: one((graph, images) =>
        combineAll(graph, "Max", listTapValues(graph, images, pooling.windows, lowest)),
      ),
    };
    return backend.record(request, x.dtype, pooling.outputShape);
  },
};

/**
 * Each window's gradient goes to its first largest element: a mask for each tap, made of Cast and Mul (ONNX Runtime's
 * Where is ten times as slow), put back by padding. The last tap takes what the others left.
 */
const maxPoolGrad: Kernel = {
  kernelName: "MaxPoolGrad",
  record(backend, call) {
    const dy = call.input("dy");
    const input = call.input("input");
    const { windows, ...pooling } = readPooling(call, input);
    const [, height, width] = pooling.inputShape;
    const taps = listTaps(windows);
    const request = {
      kernelName: "MaxPoolGrad",
      key: JSON.stringify({ windows, ...pooling }),
      inputs: [dy, input, call.input("output")],
      lower: three((graph, gradient, images, largest) => {
        let left = gradient;
        const values = listTapValues(graph, images, windows, lowest);
        const parts = values.map((value, index) => {
          const tap = at(taps, index);
          if (index === values.length - 1) return [tap, left] as const;
          const isLargest = cast(graph, compare(graph, "Equal", value, largest), "float32");
          const part = combine(graph, "Mul", isLargest, left);
          left = combine(graph, "Sub", left, part);
          return [tap, part] as const;
        });
        return addTaps(graph, parts, windows, [height, width]);
      }),
    };
    return backend.record(request, dy.dtype, input.shape);
  },
};

/** How many elements each window holds, padding not counted: constant, [1, count, count, 1]. */
function countWindowElements(graph: Graph, { windows, inputShape }: Pooling): Value {
  const [, height, width] = inputShape;
  const [rows, columns] = windows.count;
  const counts = Array.from({ length: rows * columns }, (_, index) => {
    const corner = [Math.floor(index / columns), index % columns] as const;
    return listTaps(windows).filter((tap) => {
      const place = (axis: 0 | 1): number =>
        corner[axis] * windows.stride[axis] + tap[axis] * windows.dilation[axis] - windows.before[axis];
      const [y, x] = [place(0), place(1)];
      return y >= 0 && y < height && x >= 0 && x < width;
    }).length;
  });
  const first = at(counts, 0);
  const elements = counts.every((count) => count === first) ? [first] : counts;
  return graph.constant("float32", [1, rows, columns, 1], elements);
}

const avgPool: Kernel = {
  kernelName: "AvgPool",
  record(backend, call) {
    const x = call.input("x");
    const pooling = readPooling(call, x);
    const request = {
      kernelName: "AvgPool",
      key: JSON.stringify(pooling),
      inputs: [x],
      lower: one((graph, images) => {
        const sum = combineAll(
          graph,
          "Sum",
          listTapValues(graph, cast(graph, images, "float32"), pooling.windows, 0),
        );
        return combine(graph, "Div", sum, countWindowElements(graph, pooling));
      }),
    };
    return backend.record(request, "float32", pooling.outputShape);
  },
};

const avgPoolGrad: Kernel = {
  kernelName: "AvgPoolGrad",
  record(backend, call) {
    const dy = call.input("dy");
    const input = call.input("input");
    const pooling = readPooling(call, input);
    const [, height, width] = pooling.inputShape;
    const request = {
      kernelName: "AvgPoolGrad",
      key: JSON.stringify(pooling),
      inputs: [dy, input],
      lower: two((graph, gradient) => {
        // TF.js divides by the window's size, padding counted: the CPU backend's formula.
        const size = graph.scalar(1 / countElements(pooling.windows.size));
        const part = combine(graph, "Mul", gradient, size);
        const parts = listTaps(pooling.windows).map((tap) => [tap, part] as const);
        return addTaps(graph, parts, pooling.windows, [height, width]);
      }),
    };
    return backend.record(request, dy.dtype, input.shape);
  },
};

export const poolingKernels: readonly Kernel[] = [avgPool, avgPoolGrad, maxPool, maxPoolGrad];
