/** The folds that clips are in, each once, ascending. */
export function listFolds(clips: readonly { readonly fold: number }[]): number[] {
  return [...new Set(clips.map(({ fold }) => fold))].sort((one, other) => one - other);
}
