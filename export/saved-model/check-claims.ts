import * as z from "zod";
import type { manifestSchema } from "./saved-weights.ts";

/** Sizes in a layer's config that some weight of the layer must have as a dimension, or a part of one. */
const claims = ["units", "filters", "input_dim", "inputDim", "output_dim", "outputDim"];

/** Elements of one input; a picture of 16,384 by 16,384 in colour has fewer. */
const maxInputElements = 2 ** 30;

/**
 * Layers that would be larger than the weights of the file, and inputs beyond reason: TF.js allocates what a config
 * says before it looks at the weights, so that a few bytes of text could ask for all memory.
 */
export function findFalseClaims(topology: unknown, manifest: z.infer<typeof manifestSchema>): string[] {
  const largest = Math.max(1, ...manifest.flatMap(({ weights }) => weights.flatMap(({ shape }) => shape)));
  const problems: string[] = [];
  const visit = (value: unknown, owner: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, owner);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const name = "name" in value && typeof value.name === "string" ? value.name : owner;
    for (const [key, content] of Object.entries(value)) {
      if (claims.includes(key) && typeof content === "number" && content > largest)
        problems.push(`${name}: ${key} ${content}, where no weight is longer than ${largest}`);
      const shape = /^batch_?input_?shape$/i.test(key) ? shapeSchema.safeParse(content).data : undefined;
      const known = shape?.filter((size) => size !== null);
      const elements = known?.reduce((product, size) => product * size, 1);
      if (elements !== undefined && elements > maxInputElements)
        problems.push(`${name}: an input of ${elements} numbers`);
      visit(content, name);
    }
  };
  visit(topology, "model");
  return problems;
}

const shapeSchema = z.array(z.number().nullable());
