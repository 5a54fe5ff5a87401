import * as z from "zod";
import { at } from "../../../common/at.ts";
import { dataFormatSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse } from "../../graph/layer-call.ts";
import { locateAxis } from "../../graph/value.ts";
import { locateSpatialAxes } from "../convolution/data-format.ts";
import { addResize } from "./add-resize.ts";

const edgesSchema = z.tuple([z.tuple([z.int(), z.int()]), z.tuple([z.int(), z.int()])]);

export const Cropping2D: Converter = defineConverter({
  operators: "Slice",
  config: z.object({ cropping: edgesSchema, dataFormat: dataFormatSchema }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const { cropping, dataFormat } = layer.config;
    const axes = locateSpatialAxes(x, dataFormat);
    const starts = graph.addInts(cropping.map(([before]) => before));
    // From the end, so that the size need not be known; with nothing to cut there, far beyond it.
    const ends = graph.addInts(cropping.map(([, after]) => (after === 0 ? 2 ** 31 - 1 : -after)));
    const y = graph.addNode("Slice", [x.name, starts, ends, graph.addInts(axes)]);
    return makeOutput(layer, y, x.layout, { elementType: x.elementType });
  },
});

export const ZeroPadding2D: Converter = defineConverter({
  operators: "Pad",
  config: z.object({ padding: edgesSchema, dataFormat: dataFormatSchema }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const { padding, dataFormat } = layer.config;
    if (x.elementType === "bool") refuse(layer, "a float32 or int32 input", `bool from ${x.name}`);
    const pads = Array.from({ length: 8 }, () => 0);
    locateSpatialAxes(x, dataFormat).forEach((axis, index) => {
      const [before, after] = at(padding, index);
      pads[axis] = before;
      pads[axis + 4] = after;
    });
    const zero = graph.castTo(graph.addScalar(0), "float32", x.elementType);
    const y = graph.addNode("Pad", [x.name, graph.addInts(pads), zero], { mode: "constant" });
    return makeOutput(layer, y, x.layout, { elementType: x.elementType });
  },
});

/**
 * The middle of an image. TF.js 4.22 crops by `image.cropAndResize` with boxes that are a little too wide, which
 * picks rows and columns by rounding; the same ones are picked here. Smaller images are scaled up.
 */
export const CenterCrop: Converter = defineConverter({
  operators: "Gather; Resize for smaller images",
  limits: "needs a known height and width",
  config: z.object({ height: z.int(), width: z.int() }),
  integers: "cast",
  convert: (graph, x, layer) => {
    const { height, width } = layer.config;
    const [, inputHeight, inputWidth] = x.dims;
    if (x.dims.length !== 4 || typeof inputHeight !== "number" || typeof inputWidth !== "number") {
      refuse(layer, "[batch, height, width, channels] of known height and width", `[${x.dims.join(", ")}]`);
    }
    const top = inputHeight === height ? 0 : Math.floor((inputHeight - height) / 2);
    const left = inputWidth === width ? 0 : Math.floor((inputWidth - width) / 2) || 1;
    if (top < 0 || left < 0) {
      return addResize(graph, x, layer, { height, width, interpolation: "bilinear", alignCorners: false });
    }
    const rows = pickPlaces(top, height, inputHeight);
    const columns = pickPlaces(left, width, inputWidth);
    if (columns.some((place) => place >= inputWidth)) {
      refuse(layer, "a crop inside the image", `columns up to ${Math.max(...columns)} of ${inputWidth}`);
    }
    const cut = graph.addNode("Gather", [x.name, graph.addInts(rows)], { axis: locateAxis(x, 1) });
    const y = graph.addNode("Gather", [cut, graph.addInts(columns)], { axis: locateAxis(x, 2) });
    return makeOutput(layer, y, x.layout);
  },
});

/** As `cropAndResize` with 'nearest' picks them (tfjs-backend-cpu, CropAndResize.ts); boxes are float32. */
function pickPlaces(start: number, count: number, size: number): number[] {
  const first = Math.fround(start / size);
  const last = Math.fround((start + count) / size);
  const step = count > 1 ? ((last - first) * (size - 1)) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) =>
    Math.round(count > 1 ? first * (size - 1) + index * step : 0.5 * (first + last) * (size - 1)),
  );
}
