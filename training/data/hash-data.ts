import { createHash } from "node:crypto";
import type { FeatureSet } from "../../datasets/feature-set.ts";

/**
 * 16 hexadecimal digits over classes, clips (id, class, fold, source) and what names the background: a run goes on
 * only with the same.
 */
export function hashData({ labels, clips }: Pick<FeatureSet, "labels" | "clips">, background = ""): string {
  const rows = clips.map(({ id, label, labels: set, fold, source }) => [id, set ?? label, fold, source]);
  return createHash("sha256")
    .update(JSON.stringify([labels, rows, ...(background === "" ? [] : [background])]))
    .digest("hex")
    .slice(0, 16);
}
