import * as z from "zod";

/** Config fields that many layers share, as tfjs-layers 4.22 writes them. */
export const dataFormatSchema = z
  .enum(["channelsLast", "channelsFirst"])
  .nullish()
  .transform((format) => format ?? "channelsLast");

export const paddingSchema = z.enum(["valid", "same"]);

/** A list with one entry per spatial axis; TF.js keeps some as a bare number. */
export function perAxisSchema(axes: number) {
  return z
    .union([z.int(), z.array(z.int())])
    .transform((value) => (typeof value === "number" ? Array.from({ length: axes }, () => value) : value));
}

/** For layers whose config does not matter. */
export const anyConfigSchema = z.looseObject({});
