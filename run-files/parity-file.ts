import * as z from "zod";
import { parityResultSchema } from "../features/model-metadata.ts";

/** One layer's largest difference between TF.js and ONNX Runtime, and that as a fraction of its largest value. */
const layerDifferenceSchema = z.object({
  layer: z.string(),
  maxAbsoluteDifference: z.number(),
  relativeDifference: z.number(),
});

export type LayerDifference = z.infer<typeof layerDifferenceSchema>;

/** `parity.json`: how the exported model's answers compare with those of the network as trained. */
export const parityFileSchema = z.looseObject({
  /** `hashGraph` of the graph that was compared. */
  graphHash: z.string(),
  results: z.array(parityResultSchema),
  /** Layer by layer, where a runtime's answers differ. */
  layers: z.array(layerDifferenceSchema).optional(),
});
