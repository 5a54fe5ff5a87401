import { readFile } from "node:fs/promises";

/**
 * A text file in whatever encoding spreadsheets and recorders write: UTF-8 or UTF-16 with or without byte order mark;
 * bytes that are neither are taken as Windows-1252, which gives every byte a character.
 */
export async function readText(file: string): Promise<string> {
  return decodeText(await readFile(file));
}

/**
 * The text of bytes, without its byte order mark.
 *
 *     decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0x00)); // "a"
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = findEncoding(bytes);
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** UTF-16 by its mark, or by the zero bytes that its ASCII characters have in every second place. */
function findEncoding(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 200);
  const countZeros = (parity: number): number =>
    head.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const [even, odd] = [countZeros(0), countZeros(1)];
  if (odd > head.length / 4 && even === 0) return "utf-16le";
  if (even > head.length / 4 && odd === 0) return "utf-16be";
  return undefined;
}
