import { UserError } from "../../common/user-error.ts";
import { embedFiles } from "../backbones/embed-files.ts";
import { checkVectorFormat, writeVectors } from "../backbones/write-vectors.ts";
import { listAudioFiles } from "../data/list-audio-files.ts";
import { backboneOptions, embeddingModelOption } from "../command-line/backbone-options.ts";
import { defineStage } from "../command-line/stage.ts";

export const embedStage = defineStage({
  name: "embed",
  options: {
    files: { type: "string", array: true, default: [], describe: "audio files, folders or patterns" },
    ...embeddingModelOption,
    ...backboneOptions,
    "per-window": {
      type: "boolean",
      default: false,
      describe: "one vector for each window of a sound, with its times",
    },
    out: {
      type: "string",
      default: "vectors.jsonl",
      describe: "file to write: .jsonl, .npy (names beside it), or .parquet",
    },
  },
  examples: [
    ["embed sounds/ --backbone yamnet.onnx --out vectors.jsonl", "of a folder"],
    [
      "embed sounds/ --model runs/latest/model.onnx --out vectors.npy",
      "by a model of yours, as classifier.embed",
    ],
  ],
  run: async ({ files, out, perWindow, ...args }) => {
    checkVectorFormat(out);
    const paths = await listAudioFiles(files);
    if (paths.length === 0)
      throw new UserError("embed: expected audio files, got none: npx earshot embed sounds/");
    const embedded = await embedFiles(paths, args, { perWindow });
    await writeVectors(embedded, out);
    console.log(`${out}: ${embedded.length} vectors of ${embedded[0]?.vector.length ?? 0} numbers`);
  },
});
