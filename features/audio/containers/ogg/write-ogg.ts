import { viewData } from "../audio-track.ts";
import { joinBytes } from "../byte-reader.ts";
import { computePageCrc } from "./ogg-pages.ts";

const headerBytes = 27;
const maxSegments = 255;

/** Writes the pages of one Ogg stream (RFC 3533, 6) for a decoder that takes no plain packets. */
export function writeOggPages() {
  let number = 0;
  const writePart = (segments: Uint8Array, body: Uint8Array, flags: number, granule: bigint) => {
    const page = new Uint8Array(headerBytes + segments.length + body.length);
    page.set([0x4f, 0x67, 0x67, 0x53, 0, flags]); // "OggS"
    const view = viewData(page);
    view.setBigInt64(6, granule, true);
    view.setUint32(14, 1, true); // serial number
    view.setUint32(18, number++, true);
    view.setUint8(26, segments.length);
    page.set(segments, headerBytes);
    page.set(body, headerBytes + segments.length);
    view.setUint32(22, computePageCrc(page, 0, page.length), true);
    return page;
  };
  return {
    /** A page without packets, which a reader may want to see behind one before it believes it. */
    writeEmptyPage: () => writePart(new Uint8Array(0), new Uint8Array(0), 0, -1n),
    /** @returns one page, or several where the packets are longer than a page can be */
    writePage(packets: readonly Uint8Array[], kind: "first" | "header" | "sound"): Uint8Array {
      const segments = listSegments(packets);
      const body = joinBytes(packets);
      const pages: Uint8Array[] = [];
      let start = 0;
      for (let first = 0; first < segments.length; first += maxSegments) {
        const part = segments.subarray(first, first + maxSegments);
        let end = start;
        for (const length of part) end += length;
        const isContinued = first > 0 && segments[first - 1] === 255;
        const flags = (isContinued ? 1 : 0) | (kind === "first" ? 2 : 0);
        pages.push(writePart(part, body.subarray(start, end), flags, kind === "sound" ? 1n : 0n));
        start = end;
      }
      return joinBytes(pages);
    },
  };
}

/** Lengths of the parts of packets: 255 as often as it fits, then the rest, which may be 0. */
function listSegments(packets: readonly Uint8Array[]): Uint8Array {
  let count = 0;
  for (const { length } of packets) count += Math.floor(length / 255) + 1;
  const segments = new Uint8Array(count).fill(255);
  let end = 0;
  for (const { length } of packets) {
    end += Math.floor(length / 255) + 1;
    segments[end - 1] = length % 255;
  }
  return segments;
}
