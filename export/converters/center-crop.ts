import * as z from "zod";
import { type Converter, defineConverter, makeOutput, refuse } from "../graph/converter.ts";
import { locateAxis } from "../graph/value.ts";
import { addResize } from "./preprocessing.ts";

/**
 * The middle of an image. TF.js 4.22 crops by `image.cropAndResize` with boxes that are a little too wide, which
 * picks rows and columns by rounding; the same ones are picked here. Smaller images are scaled up.
 */
export const convertCenterCrop: Converter = defineConverter({
  operators: "Gather; Resize for smaller images",
  limits: "needs a known height and width",
  config: z.object({ height: z.int(), width: z.int() }),
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
