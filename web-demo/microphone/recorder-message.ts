/** What the page says to the recorder in the audio thread; it answers `take` with a `Recording`. */
export type RecorderMessage =
  { readonly kind: "send-to"; readonly port: MessagePort } | { readonly kind: "take" };
