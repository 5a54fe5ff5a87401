import { crc32, deflateSync } from "node:zlib";

/** Red, green, blue, 0 to 255 each. */
export type Colour = readonly [number, number, number];

interface IndexedImage {
  readonly width: number;
  readonly height: number;
  /** One palette index a pixel, row by row from the top. */
  readonly pixels: Uint8Array;
  readonly palette: readonly Colour[];
}

/** A PNG with a palette (W3C PNG specification, colour type 3): small for spectrograms. */
export function encodePng({ width, height, pixels, palette }: IndexedImage): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, adaptive filters, not interlaced
  const rows = new Uint8Array(height * (width + 1)); // each row begins with its filter: 0, none
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    encodeChunk("IHDR", header),
    encodeChunk("PLTE", Uint8Array.from(palette.flat())),
    encodeChunk("IDAT", deflateSync(rows, { level: 9 })),
    encodeChunk("IEND", new Uint8Array()),
  ]);
}

function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, data.length + 8)), data.length + 8);
  return chunk;
}
