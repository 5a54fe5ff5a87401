import { utf8ToBytes } from "@noble/hashes/utils.js";

export const encodeUtf8: (text: string) => Uint8Array = utf8ToBytes;

/**
 * Strict UTF-8, by what the ES library has itself: TextDecoder belongs to Node and the DOM.
 * @throws URIError when the bytes are no UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte < 0x80)) return decodeAscii(bytes);
  let escaped = "";
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  return decodeURIComponent(escaped);
}

function decodeAscii(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 4096)
    text += String.fromCharCode(...bytes.subarray(start, start + 4096));
  return text;
}
