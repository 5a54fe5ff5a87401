/** What a link to the page can say: `?model=models/birds.onnx#sample=Rain`. */
export interface ShareLink {
  /** Address of a model on the page's own host. */
  readonly model: string | undefined;
  /** Label of a sample. */
  readonly sample: string | undefined;
}

export function readShareLink(): ShareLink {
  const model = new URLSearchParams(location.search).get("model");
  const sample = new URLSearchParams(location.hash.slice(1)).get("sample");
  return { model: model ?? undefined, sample: sample ?? undefined };
}

/** Puts the sample that is shown into the page's address, without a step in its history. */
export function writeShareLink(sample: string): void {
  history.replaceState(null, "", `#${String(new URLSearchParams({ sample }))}`);
}

/** The page with the model that its address names, and a sample. */
export function makeShareLink(sample: string | undefined): string {
  const link = new URL(location.href);
  link.hash = sample === undefined ? "" : String(new URLSearchParams({ sample }));
  return link.href;
}
