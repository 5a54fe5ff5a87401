import { viewData } from "../audio-track.ts";
import { findBox, readBoxes, readTable, readUint64 } from "./mp4-boxes.ts";
import type { Mp4Sound } from "./mp4-track.ts";

/** Where a packet lies in the file. */
export interface Mp4Sample {
  readonly offset: number;
  readonly size: number;
}

/** The packets of a sound by its tables (ISO/IEC 14496-12, 8.7): sizes, chunks, and how many samples a chunk has. */
export function listSamples({ tables, frameBytes }: Mp4Sound): Mp4Sample[] {
  const chunks = readChunkOffsets(tables);
  const runs = readTable(findBox(tables, "stsc"), 3);
  const sizes = readSizes(findBox(tables, "stsz"));
  const samples: Mp4Sample[] = [];
  let run = 0;
  let index = 0;
  for (const [chunk, chunkOffset] of chunks.entries()) {
    while ((runs[run + 1]?.[0] ?? Infinity) <= chunk + 1) run++;
    const count = runs[run]?.[1] ?? 0; // a table without rows has no samples
    if (frameBytes !== undefined) {
      // A sample is a value of every channel: a chunk of them is one packet.
      if (count > 0) samples.push({ offset: chunkOffset, size: count * frameBytes });
      continue;
    }
    let offset = chunkOffset;
    for (const end = Math.min(index + count, sizes.count); index < end; index++) {
      const size = sizes.read(index);
      samples.push({ offset, size });
      offset += size;
    }
  }
  return samples;
}

function readChunkOffsets(tables: Uint8Array): number[] {
  const short = findBox(tables, "stco");
  if (short !== undefined) return readTable(short, 1).flat();
  const long = findBox(tables, "co64");
  return readTable(long, 2).map((_, row) => (long === undefined ? 0 : readUint64(long, 8 + 8 * row)));
}

function readSizes(stsz: Uint8Array | undefined): { readonly count: number; read(index: number): number } {
  if (stsz === undefined || stsz.length < 12) return { count: 0, read: () => 0 };
  const view = viewData(stsz);
  const size = view.getUint32(4);
  const count = view.getUint32(8);
  if (size > 0) return { count, read: () => size };
  const rows = Math.min(count, Math.floor((stsz.length - 12) / 4));
  return { count: rows, read: (index) => view.getUint32(12 + 4 * index) };
}

/** The size of samples in fragments that do not say it, from `mvex`. */
export function readFragmentDefaults(moov: Uint8Array, trackId: number): number {
  const extensions = readBoxes(findBox(moov, "mvex") ?? new Uint8Array(0));
  const own = extensions.find(
    ({ type, body }) => type === "trex" && body.length >= 24 && viewData(body).getUint32(4) === trackId,
  );
  return own === undefined ? 0 : viewData(own.body).getUint32(16);
}

const headerFlags = { baseOffset: 1, description: 2, duration: 8, size: 16 };
const runFlags = { dataOffset: 1, firstFlags: 4, duration: 256, size: 512, flags: 1024, composition: 2048 };

/** The samples that a `traf` box lists. @param moofOffset where its `moof` box begins */
export function readFragmentSamples(
  traf: Uint8Array,
  trackId: number,
  defaultSize: number,
  moofOffset: number,
): Mp4Sample[] {
  const header = findBox(traf, "tfhd");
  if (header === undefined || header.length < 8 || viewData(header).getUint32(4) !== trackId) return [];
  const { base, size } = readFragmentHeader(header, defaultSize, moofOffset);
  const samples: Mp4Sample[] = [];
  let offset = base;
  for (const { type, body } of readBoxes(traf)) {
    if (type !== "trun" || body.length < 8) continue;
    const run = readRun(body, size);
    if (run.dataOffset !== undefined) offset = base + run.dataOffset;
    for (const sampleSize of run.sizes) {
      samples.push({ offset, size: sampleSize });
      offset += sampleSize;
    }
  }
  return samples;
}

function readFragmentHeader(header: Uint8Array, defaultSize: number, moofOffset: number) {
  const view = viewData(header);
  const flags = view.getUint32(0) & 0xff_ffff;
  let offset = 8;
  let base = moofOffset;
  let size = defaultSize;
  if ((flags & headerFlags.baseOffset) !== 0 && offset + 8 <= header.length) {
    base = readUint64(header, offset);
    offset += 8;
  }
  if ((flags & headerFlags.description) !== 0) offset += 4;
  if ((flags & headerFlags.duration) !== 0) offset += 4;
  if ((flags & headerFlags.size) !== 0 && offset + 4 <= header.length) size = view.getUint32(offset);
  return { base, size };
}

function readRun(run: Uint8Array, defaultSize: number) {
  const view = viewData(run);
  const flags = view.getUint32(0) & 0xff_ffff;
  const count = view.getUint32(4);
  let offset = 8;
  let dataOffset: number | undefined;
  if ((flags & runFlags.dataOffset) !== 0 && offset + 4 <= run.length) {
    dataOffset = view.getInt32(offset);
    offset += 4;
  }
  if ((flags & runFlags.firstFlags) !== 0) offset += 4;
  const hasSize = (flags & runFlags.size) !== 0;
  const sizeStart = (flags & runFlags.duration) !== 0 ? 4 : 0;
  const columns = [runFlags.duration, runFlags.size, runFlags.flags, runFlags.composition];
  const rowBytes = 4 * columns.filter((flag) => (flags & flag) !== 0).length;
  const rows =
    rowBytes === 0 ? Math.min(count, 2 ** 16) : Math.min(count, Math.floor((run.length - offset) / rowBytes));
  const sizes = Array.from({ length: Math.max(0, rows) }, (_, row) =>
    hasSize ? view.getUint32(offset + row * rowBytes + sizeStart) : defaultSize,
  );
  return { dataOffset, sizes };
}
