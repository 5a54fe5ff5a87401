import type { Dataset } from "../datasets/dataset.ts";
import type { Cell } from "./format-table.ts";

/** One row a class: name, clips, recordings, and the clips of each fold. */
export function summariseClasses({ labels, clips }: Dataset): Cell[][] {
  const folds = [...new Set(clips.map(({ fold }) => fold))].sort((a, b) => a - b);
  return labels.map((label) => {
    const members = clips.filter((clip) => clip.label === label);
    const sources = new Set(members.map(({ source }) => source)).size;
    const perFold = folds.map((fold) => members.filter((clip) => clip.fold === fold).length);
    return [label, members.length, sources, perFold.join(" ")];
  });
}
