import { classifyFiles, createClassifier } from "../runtime/node.ts";
import { UserError } from "../features/user-error.ts";
import { defaultModelPath } from "./default-model.ts";
import { formatPrediction } from "./format-prediction.ts";
import { listAudioFiles } from "./list-audio-files.ts";
import { modelOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { defineStage } from "./stage.ts";

export const predictStage = defineStage({
  name: "predict",
  positionals: "[files..]",
  describe: "Name what audio files hold: classes with probabilities, most probable first",
  options: {
    files: {
      type: "string",
      array: true,
      default: [],
      describe: "audio files, folders or 'patterns/**/*.wav'",
    },
    ...modelOptions,
    top: { type: "number", default: 5, describe: "classes to show per file" },
    json: { type: "boolean", default: false, describe: "one JSON array for machines instead of bars" },
    csv: { type: "boolean", default: false, describe: "lines of file,label,probability instead of bars" },
  },
  examples: [
    ["predict -- clip.wav", "what is in this clip?"],
    ["predict -- 'recordings/**/*.flac' --top 1 --csv", "a table of many files"],
    ["predict -- --json --model runs/latest/model.onnx a.ogg", "for machines"],
  ],
  run: async ({ files, model, allowUnverified, top, json, csv }) => {
    const paths = await listAudioFiles(files);
    if (paths.length === 0)
      throw new UserError("predict: expected audio files, got none: npm run predict -- clip.wav");
    await using ears = await createClassifier(model ?? (await defaultModelPath()), { allowUnverified });
    const answers: object[] = [];
    const progress = createProgress("predict");
    for await (const { source: file, classification, error } of classifyFiles<string>(ears, paths)) {
      progress.update(answers.length + 1, paths.length);
      const classes = classification?.slice(0, top) ?? [];
      answers.push(error === undefined ? { file, classes } : { file, error: error.message });
      if (error !== undefined) {
        console.error(`error: ${error.message}`);
        process.exitCode = 1;
      } else if (csv) {
        for (const { label, probability } of classes)
          console.log(formatCsvRow([file, label, probability.toFixed(6)]));
      } else if (!json) console.log(formatPrediction(file, classes));
    }
    progress.end();
    if (json) console.log(JSON.stringify(answers, null, 2));
  },
});

/** RFC 4180: a field with a comma, a quote or a line break is quoted. */
function formatCsvRow(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
