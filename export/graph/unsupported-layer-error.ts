/** A layer, or an option of one, that has no ONNX form. */
export interface UnsupportedLayer {
  readonly name: string;
  readonly className: string;
  readonly reason: string;
}

/** Names every layer of a model that cannot be exported, each with its reason; thrown before anything is written. */
export class UnsupportedLayerError extends Error {
  override readonly name = "UnsupportedLayerError";
  readonly layers: readonly UnsupportedLayer[];

  constructor(layers: readonly UnsupportedLayer[]) {
    const lines = layers.map(({ name, className, reason }) => `${name} (${className}): ${reason}`);
    super(
      lines.length === 1
        ? lines.join()
        : `${layers.length} layers cannot be exported:\n  ${lines.join("\n  ")}`,
    );
    this.layers = layers;
  }
}
