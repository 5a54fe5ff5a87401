import importedMeyda from "meyda";

/** The part of Meyda that we use, as its code is (its own types leave melBands out). */
export interface Meyda {
  bufferSize: number;
  sampleRate: number;
  melBands: number;
  numberOfMFCCCoefficients: number;
  windowingFunction: string;
  extract(features: readonly string[], signal: Float32Array): object | null;
}

type MeydaSettings = Omit<Meyda, "extract">;

/**
 * A Meyda of one's own. Meyda 5.6.3 keeps its settings and filter banks on one global object and does not renew the
 * mel bank when `bufferSize` or `sampleRate` change, so each user gets a copy without banks, whose first `extract`
 * makes them for its settings.
 */
export function createMeyda(settings: MeydaSettings): Meyda {
  const withoutBanks = { barkScale: undefined, melFilterBank: undefined, chromaFilterBank: undefined };
  return { ...findMeyda(importedMeyda), ...settings, ...withoutBanks };
}

/** Meyda's types promise a `default` inside the import, Node gives Meyda itself, bundlers give one or the other. */
function findMeyda(imported: object): Meyda {
  if (isMeyda(imported)) return imported;
  if ("default" in imported && isMeyda(imported.default)) return imported.default;
  throw new TypeError("meyda: expected a module with `extract`");
}

function isMeyda(value: unknown): value is Meyda {
  return typeof value === "object" && value !== null && "extract" in value && "melBands" in value;
}
