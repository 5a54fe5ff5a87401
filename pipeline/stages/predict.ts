import { availableParallelism } from "node:os";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { makeLinesVisible, makeVisible } from "../../common/visible-text.ts";
import { UserError } from "../../common/user-error.ts";
import { classifyFiles, createClassifier } from "../../runtime/node.ts";
import { defaultModelPath } from "../default-model.ts";
import { joinRuns } from "../screen/join-runs.ts";
import { createPredictionPrinter, type PredictionPrinter } from "../screen/format-prediction.ts";
import { listAudioFiles } from "../data/list-audio-files.ts";
import { modelOptions, queueOptions } from "../command-line/options.ts";
import { predictQueued } from "../jobs/predict-queued.ts";
import { createProgress } from "../screen/progress.ts";
import { defineStage } from "../command-line/stage.ts";
import { standardInput } from "../standard-input.ts";

export const predictStage = defineStage({
  name: "predict",
  options: {
    files: {
      type: "string",
      array: true,
      default: [],
      describe: "audio files, folders, 'patterns/**/*.wav', or - for standard input",
    },
    ...modelOptions,
    top: { type: "number", default: 5, describe: "classes to show" },
    timeline: { type: "boolean", default: false, describe: "classes over time, in files of any length" },
    events: { type: "boolean", default: false, describe: "which class sounds from when to when" },
    "hop-seconds": {
      type: "number",
      describe: "step of the timeline and of events [half of the model's clip length]",
    },
    threshold: {
      type: "number",
      describe: "probability, 0 to 1, from which a class is named [the model's own, a class each]",
    },
    json: { type: "boolean", default: false, describe: "print one JSON array" },
    csv: {
      type: "boolean",
      default: false,
      describe: "print lines of file,label,probability,named, or with times",
    },
    verbose: { type: "boolean", default: false, describe: "say what was skipped in damaged files" },
    ...queueOptions,
    concurrency: {
      type: "number",
      default: availableParallelism() + 2,
      describe: "files at a time: some are decoded while another is classified",
    },
  },
  examples: [
    ["predict clip.wav", "the classes of one clip"],
    ["predict 'recordings/**/*.flac' --top 1 --csv", "a table of many files"],
    ["predict --timeline recording.mp3", "classes over time, one line as long as the answer is the same"],
    ["predict --events --threshold 0.8 recording.mp3", "events, by a threshold of your own"],
    ["predict --verbose old.mp3", "with what was skipped in the file, as players skip it"],
    ["predict sounds/ --csv --queue redis://box --store /mnt/earshot", "a huge folder, by many machines"],
    ["predict - < clip.ogg", "from standard input"],
    ["predict --json --model runs/latest/model.onnx a.ogg", "for other programs"],
  ],
  run: async ({
    files,
    model,
    allowUnverified,
    top,
    timeline,
    events,
    hopSeconds,
    threshold,
    concurrency,
    ...args
  }) => {
    for (const [name, count] of Object.entries({ top, concurrency }))
      if (!Number.isInteger(count) || count < 1)
        throw new UserError(`--${name}: expected a whole number from 1, got ${count}`);
    if (threshold !== undefined && !(threshold >= 0 && threshold <= 1))
      throw new UserError(`--threshold: expected 0 to 1, got ${threshold}`);
    if (timeline && events) throw new UserError("--timeline, --events: expected one of them, got both");
    const content = timeline ? "timeline" : events ? "events" : "clip";
    const paths = await listAudioFiles(files);
    if (paths.length === 0)
      throw new UserError("predict: expected audio files, got none: npx earshot predict clip.wav");
    const modelPath = model ?? (await defaultModelPath());
    await using classifier = await createClassifier(modelPath, { allowUnverified });
    const format = args.json ? "json" : args.csv ? "csv" : "text";
    const noting = args.verbose ? { onNote: printNote } : {};
    const { labels, labelling = "one" } = classifier.info;
    if (model === undefined && format === "text")
      console.error(`by ${modelPath}, ${labels.length} classes; --model names another`);
    const printer = createPredictionPrinter({ format, content, top, paths, labels, labelling });
    if (args.queue !== undefined) {
      if (content !== "clip" || paths.includes(standardInput))
        throw new UserError(
          `--queue: expected files to classify whole, got ${content === "clip" ? "standard input" : `--${content}`}`,
        );
      const { queue, store } = args;
      for await (const answer of predictQueued(paths, { queue, store, model: modelPath, allowUnverified })) {
        if ("error" in answer) fail(answer.file, new UserError(answer.error), printer);
        else {
          const isNamed = ({ label }: { label: string }): boolean =>
            label === answer.named || answer.alsoNamed?.includes(label) === true;
          const named = answer.classes.filter(isNamed);
          printer.printClip(answer.file, Object.assign([...answer.classes], { named }));
        }
      }
      printer.end();
      return;
    }
    const sources = await Promise.all(paths.map(openSource));
    const settings = { ...noting, ...(threshold !== undefined && { thresholds: threshold }) };
    if (content !== "clip") {
      const options = { ...settings, ...(hopSeconds !== undefined && { hopSeconds }) };
      for (const source of sources)
        await printFile(source, printer, async (file) => {
          if (timeline)
            for await (const entry of joinRuns(classifier.classifyLong(source, options)))
              printer.printEntry(file, entry);
          else
            for await (const event of classifier.findEvents(source, options)) printer.printEvent(file, event);
        });
    } else {
      const progress = createProgress("predict");
      let done = 0;
      for await (const answer of classifyFiles<AudioSource>(classifier, sources, {
        concurrency,
        ...settings,
      })) {
        progress.update(++done, sources.length);
        if (answer.error === undefined) printer.printClip(nameOf(answer.source), answer.classification);
        else fail(nameOf(answer.source), answer.error, printer);
      }
      progress.end();
    }
    printer.end();
  },
});

/** A path, or what was read from standard input. */
type AudioSource = string | { readonly name: string; readonly bytes: Uint8Array };

async function openSource(path: string): Promise<AudioSource> {
  return path === standardInput ? { name: path, bytes: await buffer(process.stdin) } : path;
}

function nameOf(source: AudioSource): string {
  return typeof source === "string" ? source : source.name;
}

async function printFile(
  source: AudioSource,
  printer: PredictionPrinter,
  printParts: (file: string) => Promise<void>,
): Promise<void> {
  const file = nameOf(source);
  try {
    printer.beginFile(file);
    await printParts(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    fail(file, error, printer);
  }
}

/** Beside the answers, which other programs may read. */
function printNote(note: string): void {
  console.error(`note: ${makeVisible(note)}`);
}

/** The others go on; the command ends with exit code 1. */
function fail(file: string, error: UserError, printer: PredictionPrinter): void {
  console.error(`error: ${makeLinesVisible(error.message)}`);
  printer.printError(file, error.message);
  process.exitCode = 1;
}
