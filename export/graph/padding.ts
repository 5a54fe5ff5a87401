import type { Dims } from "./value.ts";
import { type LayerCall, refuse } from "./converter.ts";

/** One spatial axis of a convolution or pooling window. */
export interface WindowAxis {
  /** Null is known only when the model runs. */
  readonly size: number | null;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

export function makeWindows(
  sizes: Dims,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[] = [],
): WindowAxis[] {
  return sizes.map((size, axis) => ({
    size,
    kernel: kernel[axis] ?? 1,
    stride: strides[axis] ?? 1,
    dilation: dilations[axis] ?? 1,
  }));
}

/**
 * ONNX `pads` [before each axis, then after each], explicit, so that no runtime has to interpret SAME_UPPER.
 * @throws UnsupportedLayerError for 'same' with a stride over an axis of unknown size: its padding depends on it
 */
export function computePads(
  layer: LayerCall,
  padding: "valid" | "same",
  axes: readonly WindowAxis[],
): number[] {
  const total = axes.map((axis) => (padding === "valid" ? 0 : computeSamePadding(layer, axis)));
  // TensorFlow puts the odd one after.
  return [...total.map((pad) => Math.floor(pad / 2)), ...total.map((pad) => Math.ceil(pad / 2))];
}

function computeSamePadding(layer: LayerCall, { size, kernel, stride, dilation }: WindowAxis): number {
  const reach = (kernel - 1) * dilation + 1;
  if (stride === 1) return reach - 1;
  if (size === null)
    refuse(layer, "stride 1 with 'same' padding over an axis of unknown size", `stride ${stride}`);
  return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
}
