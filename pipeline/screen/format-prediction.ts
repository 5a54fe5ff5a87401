import { at } from "../../common/at.ts";
import type { Labelling } from "../../common/labelling.ts";
import { formatCsvRow } from "../../common/format-csv.ts";
import { makeVisible } from "../../common/visible-text.ts";
import { paint } from "./colour.ts";
import type { SoundEvent, TimelineEntry } from "../../runtime/node.ts";

/** One class with its probability, of a clip or of an entry of a timeline. */
interface ClassProbability {
  readonly label: string;
  readonly probability: number;
}

type Span = Pick<TimelineEntry, "startSeconds" | "endSeconds">;

/** A clip's classes, most probable first, and those that are named. */
type ClipClasses = readonly ClassProbability[] & { readonly named: readonly ClassProbability[] };

/** Prints answers as they come; JSON, which is one array, at the end. */
export interface PredictionPrinter {
  printClip(file: string, classes: ClipClasses): void;
  /** Before the entries or events of a file. */
  beginFile(file: string): void;
  printEntry(file: string, entry: TimelineEntry): void;
  printEvent(file: string, event: SoundEvent): void;
  printError(file: string, message: string): void;
  end(): void;
}

/** The classes of the whole, the answers over time, or the events. */
type PredictionContent = "clip" | "timeline" | "events";

export interface PrinterOptions {
  readonly format: "text" | "csv" | "json";
  /** What is printed of each file. */
  readonly content: PredictionContent;
  /** Classes that are shown. */
  readonly top: number;
  /** All that will be printed, for the widths of columns. */
  readonly paths: readonly string[];
  /** The model's classes, in the order of a timeline's probabilities. */
  readonly labels: readonly string[];
  /** Where a sound may have several classes, all that are named are listed. */
  readonly labelling: Labelling;
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
function createTextPrinter({ top, paths, labels, labelling }: PrinterOptions): PredictionPrinter {
  const labelWidth = Math.max(...labels.map((label) => makeVisible(label).length));
  const fileWidth = Math.max(...paths.map((file) => makeVisible(file).length));
  const formatClass = ({ label, probability }: ClassProbability) =>
    `${makeVisible(label).padEnd(labelWidth)} ${`${(100 * probability).toFixed(1)} %`.padStart(7)}`;
  const formatRow = (classes: readonly ClassProbability[]) =>
    classes.slice(0, top).map(formatClass).join("  ");
  const formatVerdict = (named: readonly string[]): string => {
    if (named.length === 0) return "no class named: ";
    return labelling === "several" ? `${named.map(makeVisible).join(" + ")}: ` : "";
  };
  return {
    printClip(file, classes) {
      if (paths.length > 1) {
        const verdict = formatVerdict(classes.named.map(({ label }) => label));
        console.log(`${makeVisible(file).padEnd(fileWidth)}  ${verdict}${formatRow(classes)}`);
        return;
      }
      const bars = classes
        .slice(0, top)
        .map((one) => `  ${formatClass(one)}  ${paint("cyan", drawBar(one.probability))}`);
      const named = classes.named.map(({ label }) => makeVisible(label));
      const verdict =
        named.length === 0
          ? ": no class named, the most probable are"
          : labelling === "several"
            ? `: ${named.join(" + ")}`
            : "";
      console.log([`${makeVisible(file)}${verdict}`, ...bars].join("\n"));
    },
    beginFile(file) {
      console.log(makeVisible(file));
    },
    printEntry(_, entry) {
      const verdict = formatVerdict(entry.named);
      const answer = entry.label === null ? "silence" : `${verdict}${formatRow(rankEntry(entry, labels))}`;
      console.log(`  ${formatSpan(entry)}  ${answer}`);
    },
    printEvent(_, event) {
      const { label, confidence } = event;
      console.log(`  ${formatSpan(event)}  ${formatClass({ label, probability: confidence })}`);
    },
    printError: doNothing,
    end: doNothing,
  };
}

const csvHeadings = {
  clip: "file,label,probability,named",
  timeline: "file,startSeconds,endSeconds,label,probability,named",
  events: "file,startSeconds,endSeconds,label,confidence",
} as const;

function createCsvPrinter({ content, top, labels }: PrinterOptions): PredictionPrinter {
  const printClasses = (
    fields: readonly string[],
    classes: readonly ClassProbability[],
    named: readonly string[],
  ) => {
    for (const { label, probability } of classes.slice(0, top))
      console.log(formatCsvRow([...fields, label, probability.toFixed(6), String(named.includes(label))]));
  };
  const formatTimes = ({ startSeconds, endSeconds }: Span) =>
    [startSeconds, endSeconds].map((seconds) => seconds.toFixed(6));
  console.log(csvHeadings[content]);
  return {
    printClip(file, classes) {
      printClasses(
        [file],
        classes,
        classes.named.map(({ label }) => label),
      );
    },
    beginFile: doNothing,
    printEntry(file, entry) {
      printClasses([file, ...formatTimes(entry)], rankEntry(entry, labels), entry.named);
    },
    printEvent(file, event) {
      console.log(formatCsvRow([file, ...formatTimes(event), event.label, event.confidence.toFixed(6)]));
    },
    printError: doNothing,
    end: doNothing,
  };
}

function createJsonPrinter({ content, top, labels, labelling }: PrinterOptions): PredictionPrinter {
  /** One class, or null; a list where a sound may have several. */
  const describeNamed = (named: readonly string[]): string | null | readonly string[] =>
    labelling === "several" ? named : (named[0] ?? null);
  const answers: object[] = [];
  let parts: object[] = [];
  return {
    printClip(file, classes) {
      const named = describeNamed(classes.named.map(({ label }) => label));
      answers.push({ file, named, classes: classes.slice(0, top) });
    },
    beginFile(file) {
      parts = [];
      answers.push({ file, [content]: parts });
    },
    printEntry(_, entry) {
      const { startSeconds, endSeconds } = entry;
      const classes = rankEntry(entry, labels).slice(0, top);
      parts.push({ startSeconds, endSeconds, named: describeNamed(entry.named), classes });
    },
    printEvent(_, event) {
      parts.push(event);
    },
    printError(file, error) {
      if (content !== "clip") answers.pop(); // the parts before the file's damage stay in it
      answers.push(content === "clip" ? { file, error } : { file, [content]: parts, error });
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

function formatSpan({ startSeconds, endSeconds }: Span): string {
  return [startSeconds, endSeconds].map(formatTime).join(" - ");
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
