import { at } from "../../common/at.ts";
import { formatCsvRow } from "../../common/format-csv.ts";
import { makeVisible } from "../../common/visible-text.ts";
import { paint } from "./colour.ts";
import type { TimelineEntry } from "../../runtime/node.ts";

/** One class with its probability, of a clip or of an entry of a timeline. */
interface ClassProbability {
  readonly label: string;
  readonly probability: number;
}

/** A clip's classes, most probable first, and the one that is named. */
type ClipClasses = readonly ClassProbability[] & { readonly best: ClassProbability | undefined };

/** Prints answers as they come; JSON, which is one array, at the end. */
export interface PredictionPrinter {
  printClip(file: string, classes: ClipClasses): void;
  beginTimeline(file: string): void;
  printEntry(file: string, entry: TimelineEntry): void;
  printError(file: string, message: string): void;
  end(): void;
}

export interface PrinterOptions {
  readonly format: "text" | "csv" | "json";
  /** Whether timelines are printed. */
  readonly timeline: boolean;
  /** Classes that are shown. */
  readonly top: number;
  /** All that will be printed, for the widths of columns. */
  readonly paths: readonly string[];
  /** The model's classes, in the order of a timeline's probabilities. */
  readonly labels: readonly string[];
}

export function createPredictionPrinter(options: PrinterOptions): PredictionPrinter {
  switch (options.format) {
    case "text":
      return createTextPrinter(options);
    case "csv":
      return createCsvPrinter(options);
    case "json":
      return createJsonPrinter(options);
  }
}

const barCells = 30;

/** One file as bars, a line a class; several as a table, a line a file. */
function createTextPrinter({ top, paths, labels }: PrinterOptions): PredictionPrinter {
  const labelWidth = Math.max(...labels.map((label) => makeVisible(label).length));
  const fileWidth = Math.max(...paths.map((file) => makeVisible(file).length));
  const formatClass = ({ label, probability }: ClassProbability) =>
    `${makeVisible(label).padEnd(labelWidth)} ${`${(100 * probability).toFixed(1)} %`.padStart(7)}`;
  const formatRow = (classes: readonly ClassProbability[]) =>
    classes.slice(0, top).map(formatClass).join("  ");
  return {
    printClip(file, classes) {
      if (paths.length > 1) {
        const verdict = classes.best === undefined ? "no class named: " : "";
        console.log(`${makeVisible(file).padEnd(fileWidth)}  ${verdict}${formatRow(classes)}`);
        return;
      }
      const bars = classes
        .slice(0, top)
        .map((one) => `  ${formatClass(one)}  ${paint("cyan", drawBar(one.probability))}`);
      const verdict = classes.best === undefined ? ": no class named, the most probable are" : "";
      console.log([`${makeVisible(file)}${verdict}`, ...bars].join("\n"));
    },
    beginTimeline(file) {
      console.log(makeVisible(file));
    },
    printEntry(_, entry) {
      const times = [entry.startSeconds, entry.endSeconds].map(formatTime).join(" - ");
      const answer = entry.label === null ? "silence" : formatRow(rankEntry(entry, labels));
      console.log(`  ${times}  ${answer}`);
    },
    printError: doNothing,
    end: doNothing,
  };
}

function createCsvPrinter({ timeline, top, labels }: PrinterOptions): PredictionPrinter {
  const printClasses = (fields: readonly string[], classes: readonly ClassProbability[]) => {
    for (const { label, probability } of classes.slice(0, top))
      console.log(formatCsvRow([...fields, label, probability.toFixed(6)]));
  };
  console.log(timeline ? "file,startSeconds,endSeconds,label,probability" : "file,label,probability,named");
  return {
    printClip(file, classes) {
      for (const one of classes.slice(0, top)) {
        const { label, probability } = one;
        console.log(formatCsvRow([file, label, probability.toFixed(6), String(one === classes.best)]));
      }
    },
    beginTimeline: doNothing,
    printEntry(file, entry) {
      const times = [entry.startSeconds, entry.endSeconds].map((seconds) => seconds.toFixed(6));
      printClasses([file, ...times], rankEntry(entry, labels));
    },
    printError: doNothing,
    end: doNothing,
  };
}

function createJsonPrinter({ timeline: isTimeline, top, labels }: PrinterOptions): PredictionPrinter {
  const answers: object[] = [];
  let timeline: object[] = [];
  return {
    printClip(file, classes) {
      answers.push({ file, named: classes.best?.label ?? null, classes: classes.slice(0, top) });
    },
    beginTimeline(file) {
      timeline = [];
      answers.push({ file, timeline });
    },
    printEntry(_, entry) {
      const { startSeconds, endSeconds } = entry;
      timeline.push({ startSeconds, endSeconds, classes: rankEntry(entry, labels).slice(0, top) });
    },
    printError(file, error) {
      if (isTimeline) answers.pop(); // the entries before the file's damage stay in it
      answers.push(isTimeline ? { file, timeline, error } : { file, error });
    },
    end() {
      console.log(JSON.stringify(answers, null, 2));
    },
  };
}

function rankEntry({ probabilities }: TimelineEntry, labels: readonly string[]): ClassProbability[] {
  return labels
    .map((label, index) => ({ label, probability: at(probabilities, index) }))
    .sort((one, other) => other.probability - one.probability);
}

/** `1:02:03.45`. */
function formatTime(seconds: number): string {
  const hundredths = Math.round(100 * seconds);
  const pad = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(hundredths / 6000);
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(Math.floor(hundredths / 100) % 60)}.${pad(hundredths % 100)}`;
}

/** A bar in eighths of a cell. */
function drawBar(fraction: number): string {
  const eighths = Math.round(8 * barCells * fraction);
  const rest = eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : String.fromCodePoint(0x2590 - rest));
}

function doNothing(): void {
  // This format prints nothing here.
}
