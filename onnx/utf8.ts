import { utf8ToBytes } from "@noble/hashes/utils.js";

export const encodeUtf8: (text: string) => Uint8Array = utf8ToBytes;

/**
 * Strict UTF-8, by what the ES library has itself: TextDecoder belongs to Node and the DOM.
 * @throws URIError when the bytes are no UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  let escaped = "";
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  return decodeURIComponent(escaped);
}
