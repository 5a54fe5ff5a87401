import { viewData } from "../audio-track.ts";

/** A box of an MP4 file: a size, a name of four letters, a body (ISO/IEC 14496-12, 4.2). */
export interface Mp4Box {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface Mp4BoxHead {
  readonly type: string;
  /** Of the body; Infinity: up to the end of the file. */
  readonly size: number;
  readonly headBytes: number;
}

export const maxBoxHeadBytes = 16;

/** @returns undefined where the head is cut off or contradicts itself */
export function readBoxHead(bytes: Uint8Array): Mp4BoxHead | undefined {
  if (bytes.length < 8) return undefined;
  const view = viewData(bytes);
  const type = String.fromCharCode(...bytes.subarray(4, 8));
  const size = view.getUint32(0);
  if (size === 0) return { type, size: Infinity, headBytes: 8 };
  if (size !== 1) return size < 8 ? undefined : { type, size: size - 8, headBytes: 8 };
  if (bytes.length < 16) return undefined;
  const longSize = readUint64(bytes, 8);
  return longSize < 16 ? undefined : { type, size: longSize - 16, headBytes: 16 };
}

/** The boxes in a body, as far as they are whole. */
export function readBoxes(body: Uint8Array): Mp4Box[] {
  const boxes: Mp4Box[] = [];
  for (let offset = 0; offset < body.length;) {
    const head = readBoxHead(body.subarray(offset, offset + maxBoxHeadBytes));
    if (head === undefined) break;
    const start = offset + head.headBytes;
    const end = Math.min(body.length, start + head.size);
    if (end < start + head.size && head.size !== Infinity) break;
    boxes.push({ type: head.type, body: body.subarray(start, end) });
    offset = end;
  }
  return boxes;
}

/** The body of the box at a path of names; undefined when there is none. */
export function findBox(body: Uint8Array, ...path: readonly string[]): Uint8Array | undefined {
  let found: Uint8Array | undefined = body;
  for (const type of path) {
    found = found && readBoxes(found).find((box) => box.type === type)?.body;
  }
  return found;
}

export function readUint64(bytes: Uint8Array, offset: number): number {
  const view = viewData(bytes);
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}

/**
 * A table of 32-bit numbers behind a version, flags and a count: rows of `columns` numbers, as many as are there.
 * @param start where the count stands
 */
export function readTable(body: Uint8Array | undefined, columns: number, start = 4): number[][] {
  if (body === undefined || body.length < start + 4) return [];
  const view = viewData(body);
  const rowBytes = 4 * columns;
  const rows = Math.min(view.getUint32(start), Math.floor((body.length - start - 4) / rowBytes));
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => view.getUint32(start + 4 + row * rowBytes + 4 * column)),
  );
}
