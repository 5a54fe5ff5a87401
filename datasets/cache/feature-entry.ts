import { createHash } from "node:crypto";
import * as z from "zod";
import type { LogMel } from "../../features/log-mel.ts";

const fraction = z.number().min(0).max(1);

/** What is known of a clip's audio once it was decoded; the same in each of its windows. */
const clipFactsSchema = z.object({
  /** Rate of the file, before resampling. */
  sampleRateHz: z.number().positive(),
  /** Length of the clip: the range, or the whole file. */
  seconds: z.number().positive(),
  /** Largest absolute sample; full scale is 1. */
  peak: z.number().min(0),
  /** Fraction of the clip's 10-ms blocks below -60 dB of full scale. */
  silentFraction: fraction,
  /** Fraction of samples at full scale. */
  clippedFraction: fraction,
  /** Where in the clip its sound begins, and how long it lasts: silence at the ends is left out (`measureClip`). */
  soundStartSeconds: z.number().min(0),
  soundSeconds: z.number().positive(),
});

export type ClipFacts = z.infer<typeof clipFactsSchema>;

const headerSchema = z.object({
  facts: clipFactsSchema,
  windows: z.int().positive(),
  frames: z.int().min(0),
  bands: z.int().positive(),
});

/** One cached window: its features, its clip's facts and how many windows the clip has. */
export interface FeatureEntry {
  readonly facts: ClipFacts;
  readonly windows: number;
  readonly features: LogMel;
}

/*
 * The file: 8 bytes magic; uint32 header length; header as JSON, padded with spaces to 4 bytes; values as float32;
 * SHA-256 of all that. Numbers are little-endian.
 */
const magic = new TextEncoder().encode("earshot2");
const checksumBytes = 32;

export function encodeFeatureEntry({ facts, windows, features }: FeatureEntry): Uint8Array {
  const { frames, bands, values } = features;
  const json = JSON.stringify({ facts, windows, frames, bands });
  const header = Buffer.from(json.padEnd(4 * Math.ceil(json.length / 4)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const payload = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const body = Buffer.concat([magic, length, header, payload]);
  return Buffer.concat([body, createChecksum(body)]);
}

/** @returns `undefined` when the bytes are not exactly what `encodeFeatureEntry` wrote */
export function decodeFeatureEntry(bytes: Buffer): FeatureEntry | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes));
  if (body.length < magic.length + 4 || !body.subarray(0, magic.length).equals(magic)) return undefined;
  if (!createChecksum(body).equals(bytes.subarray(body.length))) return undefined;
  const headerStart = magic.length + 4;
  const valuesStart = headerStart + body.readUInt32LE(magic.length);
  const { facts, windows, frames, bands } = headerSchema.parse(
    JSON.parse(body.toString("utf8", headerStart, valuesStart)),
  );
  const values = new Float32Array(frames * bands); // a copy: the file's bytes need not be aligned to 4
  Buffer.from(values.buffer).set(body.subarray(valuesStart));
  return { facts, windows, features: { values, frames, bands } };
}

function createChecksum(body: Buffer): Buffer {
  return createHash("sha256").update(body).digest();
}
