import { UMAP } from "umap-js";
import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import type { ClipMap } from "../../datasets/card/clip-map.ts";
import { compressRows } from "../../heads/compress-rows.ts";
import { findLabelErrors } from "../../heads/label-errors.ts";
import { type Matrix, normaliseRows, viewRow } from "../../heads/matrix.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import type { EmbeddedClips } from "../backbones/embed-clips.ts";
import { trainClips } from "../backbones/score-heads.ts";

/** Neighbours of a clip that UMAP keeps together; its own default. */
const usualNeighbours = 15;

/**
 * Places a data set's clips in the plane by a backbone's embeddings (UMAP, McInnes et al. 2018), and finds those
 * that heads trained on the other recordings give to another class. The same clips give the same map.
 */
export function mapClips(
  embedded: Pick<EmbeddedClips, "labels" | "clips" | "rows">,
  backbone: string,
): ClipMap {
  const { clips, labels } = embedded;
  const own = clips.map(({ label }) => labels.indexOf(label));
  const { unseenLogits } = trainClips(
    { ...embedded, labelling: "one" },
    { kind: "logistic-regression", seed: 0 },
  );
  const probabilities = unseenLogits === undefined ? undefined : toProbabilities(unseenLogits);
  const places = placeInPlane(embedded.rows);
  return {
    backbone,
    labels,
    points: clips.map((clip, index) => ({ clip, ...at(places, index) })),
    suspects:
      probabilities &&
      findLabelErrors(probabilities, own).map(({ index, label, suggested }) => {
        const row = viewRow(probabilities, index);
        return {
          point: index,
          suggested: at(labels, suggested),
          probability: at(row, suggested),
          ownProbability: at(row, label),
        };
      }),
  };
}

/** From 0 to 1 in both directions. Two or three clips have no neighbourhood: they lie on a line. */
function placeInPlane(rows: Matrix): { readonly x: number; readonly y: number }[] {
  const { rows: compressed } = compressRows(normaliseRows(rows));
  const vectors = Array.from({ length: rows.rows }, (_, row) => [...viewRow(compressed, row)]);
  const nNeighbors = Math.min(usualNeighbours, vectors.length - 1);
  if (nNeighbors < 3)
    return vectors.map((_, index) => ({ x: index / Math.max(1, vectors.length - 1), y: 0.5 }));
  const random = createRandom(0, "map");
  const umap = new UMAP({ nComponents: 2, nNeighbors, minDist: 0.1, random: () => random.next() });
  const placed = umap.fit(vectors);
  const [x, y] = [0, 1].map((axis) => scaleToUnit(placed.map((place) => at(place, axis))));
  return placed.map((_, index) => ({ x: at(x ?? [], index), y: at(y ?? [], index) }));
}

function scaleToUnit(values: readonly number[]): number[] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return values.map((value) => (value - low) / (high - low || 1));
}
