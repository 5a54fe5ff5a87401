import { backend_util } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { pad, reshape, slice, transpose } from "../../operators/shape.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";
import { at, tuple } from "../../../common/at.ts";

/** Kernels that move blocks of space to the batch (dilated convolutions) or to the channels, and back. */
const batchToSpace: Kernel = {
  kernelName: "BatchToSpaceND",
  record(backend, call) {
    const x = call.input("x");
    const blockShape = call.numbers("blockShape");
    const crops = call.pairs("crops");
    const product = blockShape.reduce((a, b) => a * b, 1);
    const reshaped = backend_util.getReshaped(x.shape, blockShape, product);
    const permuted = backend_util.getPermuted(reshaped.length, blockShape.length);
    const joined = backend_util.getReshapedPermuted(x.shape, blockShape, product);
    const starts = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const cropped = backend_util.getSliceSize(joined, crops, blockShape.length);
    const sizes = [...cropped, ...joined.slice(cropped.length)];
    const request = {
      kernelName: "BatchToSpaceND",
      key: `${blockShape.join()} ${crops.join()}`,
      inputs: [x],
      lower: one((graph, value) => {
        const moved = transpose(graph, reshape(graph, value, reshaped), permuted);
        const ranges = starts.map((start, axis) => ({ axis, start, end: start + at(sizes, axis) }));
        return slice(graph, reshape(graph, moved, joined), ranges);
      }),
    };
    return backend.record(request, x.dtype, sizes);
  },
};

const spaceToBatch: Kernel = {
  kernelName: "SpaceToBatchND",
  record(backend, call) {
    const x = call.input("x");
    const blockShape = call.numbers("blockShape");
    const paddings = [[0, 0] as const, ...call.pairs("paddings")];
    while (paddings.length < x.shape.length) paddings.push([0, 0]);
    const before = paddings.map(([count]) => count);
    const after = paddings.map(([, count]) => count);
    const padded = x.shape.map((length, axis) => length + at(before, axis) + at(after, axis));
    const product = blockShape.reduce((a, b) => a * b, 1);
    const reshaped = backend_util.getReshaped(padded, blockShape, product, false);
    const permuted = backend_util.getPermuted(reshaped.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted(padded, blockShape, product, false);
    const request = {
      kernelName: "SpaceToBatchND",
      key: `${blockShape.join()} ${paddings.join()}`,
      inputs: [x],
      lower: one((graph, value) =>
        reshape(
          graph,
          transpose(graph, reshape(graph, pad(graph, value, before, after), reshaped), permuted),
          shape,
        ),
      ),
    };
    return backend.record(request, x.dtype, shape);
  },
};

/** [batch, height, width, block x block x depth] as [batch, height x block, width x block, depth]. */
function spread(graph: Graph, images: Value, block: number): Value {
  const [batch, height, width, channels] = tuple(images.shape, 4);
  const depth = channels / (block * block);
  const cells = reshape(graph, images, [batch, height, width, block, block, depth]);
  return reshape(graph, transpose(graph, cells, [0, 1, 3, 2, 4, 5]), [
    batch,
    height * block,
    width * block,
    depth,
  ]);
}

const depthToSpace: Kernel = {
  kernelName: "DepthToSpace",
  record(backend, call) {
    const x = call.input("x");
    const block = call.number("blockSize");
    const isChannelsFirst = call.text("dataFormat") === "NCHW";
    const [batch, first, second, third] = tuple(x.shape, 4);
    const [height, width, channels] = isChannelsFirst ? [second, third, first] : [first, second, third];
    const space = [height * block, width * block];
    const depth = channels / (block * block);
    const request = {
      kernelName: "DepthToSpace",
      key: `${block} ${isChannelsFirst}`,
      inputs: [x],
      lower: one((graph, value) =>
        isChannelsFirst
          ? transpose(graph, spread(graph, transpose(graph, value, [0, 2, 3, 1]), block), [0, 3, 1, 2])
          : spread(graph, value, block),
      ),
    };
    return backend.record(
      request,
      x.dtype,
      isChannelsFirst ? [batch, depth, ...space] : [batch, ...space, depth],
    );
  },
};

export const blockKernels: readonly Kernel[] = [batchToSpace, depthToSpace, spaceToBatch];
