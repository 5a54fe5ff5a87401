import { formatCsvRow } from "../../common/format-csv.ts";
import type { SoundEvent } from "./track-events.ts";

/**
 * Formats that events are written in; each takes them one by one, so that hours need no memory.
 *
 *     for await (const text of eventFormats.csv(classifier.findEvents("an-hour.flac"))) process.stdout.write(text);
 */
export const eventFormats = {
  csv: formatCsv,
  json: formatJson,
  audacity: formatAudacity,
} as const;

/**
 * The name of a format that events are written in.
 *
 *     const format: EventFormat = "audacity";
 */
export type EventFormat = keyof typeof eventFormats;

type EventSource = AsyncIterable<SoundEvent> | Iterable<SoundEvent>;

/**
 * RFC 4180 with a heading line; times in seconds.
 *
 *     for await (const line of formatCsv(classifier.findEvents("an-hour.flac"))) process.stdout.write(line);
 *
 * @yields lines with their ends
 */
export async function* formatCsv(events: EventSource): AsyncGenerator<string, void, undefined> {
  yield "startSeconds,endSeconds,label,confidence\r\n";
  for await (const { startSeconds, endSeconds, label, confidence } of events)
    yield `${formatCsvRow([formatTime(startSeconds), formatTime(endSeconds), label, confidence.toFixed(4)])}\r\n`;
}

/**
 * One JSON array of events.
 *
 *     for await (const text of formatJson(classifier.findEvents("an-hour.flac"))) process.stdout.write(text);
 *
 * @yields its pieces
 */
export async function* formatJson(events: EventSource): AsyncGenerator<string, void, undefined> {
  let separator = "[\n";
  for await (const { startSeconds, endSeconds, label, confidence } of events) {
    yield `${separator}${JSON.stringify({ startSeconds, endSeconds, label, confidence })}`;
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

/**
 * Audacity's label track (manual.audacityteam.org, "Importing and Exporting Labels"): start, end and label, parted by
 * tabs.
 *
 *     for await (const line of formatAudacity(classifier.findEvents("an-hour.flac"))) process.stdout.write(line);
 *
 * @yields lines with their ends
 */
export async function* formatAudacity(events: EventSource): AsyncGenerator<string, void, undefined> {
  for await (const { startSeconds, endSeconds, label } of events)
    yield `${formatTime(startSeconds)}\t${formatTime(endSeconds)}\t${label.replaceAll(/[\t\r\n]/g, " ")}\n`;
}

function formatTime(seconds: number): string {
  return seconds.toFixed(6);
}
