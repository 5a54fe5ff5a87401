import { defaultModelPath } from "./default-model.ts";
import { formatPrediction } from "./format-prediction.ts";
import { listAudioFiles } from "./list-audio-files.ts";
import { defineStage } from "./stage.ts";
import { UserError } from "../features/user-error.ts";
import { createClassifier } from "../runtime/node.ts";

export const predictStage = defineStage({
  name: "predict",
  positionals: "[files..]",
  describe: "Name what audio files hold: classes with probabilities, most probable first",
  options: {
    files: {
      type: "string",
      array: true,
      default: [],
      describe: "audio files or folders (wav mp3 flac ogg opus)",
    },
    model: { type: "string", describe: "exported model; without it, that of runs/latest" },
    top: { type: "number", default: 5, describe: "classes to show per file" },
    json: { type: "boolean", default: false, describe: "one JSON array for machines instead of bars" },
    "allow-unverified": {
      type: "boolean",
      default: false,
      describe: "use a model that has not passed parity",
    },
  },
  examples: [
    ["predict -- clip.wav", "what is in this clip?"],
    ["predict -- --json --model runs/latest/model.onnx a.ogg b.flac", "for machines"],
  ],
  run: async ({ files, model, top, json, allowUnverified }) => {
    const paths = await listAudioFiles(files);
    if (paths.length === 0)
      throw new UserError("predict: expected audio files, got none: npm run predict -- clip.wav");
    await using ears = await createClassifier(model ?? (await defaultModelPath()), { allowUnverified });
    const answers: object[] = [];
    for (const file of paths) {
      try {
        const classes = (await ears.classify(file)).slice(0, top);
        answers.push({ file, classes });
        if (!json) console.log(formatPrediction(file, classes));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        answers.push({ file, error: error.message });
        console.error(`error: ${error.message}`);
        process.exitCode = 1;
      }
    }
    if (json) console.log(JSON.stringify(answers, null, 2));
  },
});
