import { at } from "../../common/at.ts";
import { UserError } from "../../common/user-error.ts";
import { stackRows } from "../../heads/matrix.ts";
import { findNearest } from "../../heads/nearest-neighbours.ts";
import { embedFiles } from "../backbones/embed-files.ts";
import { listAudioFiles } from "../data/list-audio-files.ts";
import { formatTable } from "../screen/format-table.ts";
import { backboneOptions, embeddingModelOption } from "../command-line/backbone-options.ts";
import { defineStage } from "../command-line/stage.ts";

export const similarStage = defineStage({
  name: "similar",
  options: {
    query: { type: "string", demandOption: true, describe: "audio file" },
    files: {
      type: "string",
      array: true,
      default: [],
      describe: "audio files, folders or patterns to search",
    },
    ...embeddingModelOption,
    ...backboneOptions,
    top: { type: "number", default: 10, describe: "files to show" },
  },
  examples: [["similar query.wav sounds/ --backbone yamnet.onnx", "the ten nearest of a folder"]],
  run: async ({ query, files, top, ...args }) => {
    const paths = (await listAudioFiles(files)).filter((file) => file !== query);
    if (paths.length === 0)
      throw new UserError(
        "similar: expected audio files to search, got none: npx earshot similar query.wav sounds/",
      );
    const [asked, ...known] = await embedFiles([query, ...paths], args);
    if (asked === undefined) throw new Error("similar: expected the query's vector, got none");
    const nearest = findNearest(
      stackRows(known.map(({ vector }) => vector)),
      Float64Array.from(asked.vector),
      top,
    );
    const rows = nearest.map(({ index, similarity }) => [similarity.toFixed(3), at(known, index).file]);
    console.log(formatTable(["cosine", "file"], rows));
  },
});
