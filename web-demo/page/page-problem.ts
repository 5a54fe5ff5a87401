import { describeError } from "../../common/describe-error.ts";

/** A problem that the page shows to its user. `code` is that of the runtime's errors, or of the browser's. */
export class PageProblem extends Error {
  override readonly name = "PageProblem";
  readonly code: string;
  /** The rate of a sound that only the browser decodes. */
  readonly sampleRateHz: number | undefined;

  constructor(code: string, message: string, sampleRateHz?: number) {
    super(message);
    this.code = code;
    this.sampleRateHz = sampleRateHz;
  }
}

/** What a problem is called, and what its user can do. */
const known: Readonly<Record<string, readonly [title: string, advice: string]>> = {
  NotAllowedError: [
    "The microphone is not allowed",
    "Allow it in the address bar of the browser, then try again. Files and samples work without it.",
  ],
  NotFoundError: ["No microphone found", "Plug one in and try again. Files and samples work without it."],
  NotReadableError: [
    "The microphone is in use",
    "Another program uses it, or the system blocks it. Close that program and try again.",
  ],
  "no-media": [
    "No microphone on an insecure page",
    "Browsers give the microphone only to pages from https:// or localhost.",
  ],
  "no-backend": ["This backend did not start", "Choose another one; the model itself is fine."],
  "bad-audio": [
    "This sound cannot be decoded",
    "WAV, MP3, FLAC, Ogg, Opus, WebM, M4A, MP4, AIFF and CAF can, where they are whole.",
  ],
  "too-long": [
    "This sound is longer than thirty minutes",
    "Cut it into parts and open them one after another.",
  ],
  "not-onnx": ["This is not an ONNX model", "Drop a model.onnx that npx earshot export wrote."],
  "no-metadata": [
    "This model was not exported by earshot",
    "It does not state its labels and features, so it cannot classify a sound.",
  ],
  "bad-metadata": ["This model's description is damaged", "Export it again."],
  "newer-format": ["This model is newer than the page", "Update earshot and build the page again."],
  "other-features": [
    "This model needs other features",
    "This page computes features in another way than it was trained with.",
  ],
  unverified: [
    "This model has not passed the parity test",
    "Run npx earshot parity; until it passes, the model is refused.",
  ],
  "failed-parity": [
    "This model failed the parity test",
    "Its answers differ from those of the network it was made from.",
  ],
  "changed-after-export": [
    "This model was changed after its export",
    "Its labels, features or graph are not those that were exported. Export it again.",
  ],
  "changed-after-parity": ["This model was changed after its parity test", "Run npx earshot parity again."],
  "bad-graph": ["This model's graph does not fit its description", "Export it again."],
  "storage-full": [
    "This browser's storage is full",
    "The last clips are lost when the page closes. Save clips.zip, or delete some.",
  ],
  "no-storage": [
    "This browser keeps nothing",
    "Classes and clips are lost when the page closes: save clips.zip before.",
  ],
  "too-many": ["That is more than fits", "Delete some clips or classes first."],
  silent: ["There is nothing in this sound", "It is digital silence: record or choose another one."],
  "not-all": [
    "Some sounds were left out",
    "The others were added; the message names the first that were not.",
  ],
  "bad-archive": ["This archive cannot be opened", "It needs one folder a class, with sounds in each."],
  "no-model": [
    "There is no model here yet",
    "npx earshot start makes one. Or drop a model.onnx of yours on this page.",
  ],
  "other-origin": [
    "This model is on another host",
    "The page asks only its own host. Download the model, and drop it here.",
  ],
  unreadable: ["This could not be loaded", "Check the connection and try again."],
  worker: ["The page's worker stopped", "Reload the page."],
};

export interface Explanation {
  readonly title: string;
  readonly advice: string;
  /** The exact message, for who wants to know. */
  readonly detail: string;
}

export function explainProblem(error: unknown): Explanation {
  const detail = describeError(error);
  const code = readCode(error);
  const [title, advice] = known[code] ?? ["Something went wrong", "Reload the page, or try another file."];
  return { title, advice, detail };
}

function readCode(error: unknown): string {
  if (error instanceof PageProblem) return error.code;
  return error instanceof DOMException ? error.name : "unknown";
}
