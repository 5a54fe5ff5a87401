import { UserError } from "../../common/user-error.ts";
import { requireBackbone } from "../backbones/chosen-backbone.ts";
import { embedFiles } from "../backbones/embed-files.ts";
import { loadBackbone, readBackboneOptions } from "../backbones/load-backbone.ts";
import { checkVectorFormat, writeVectors } from "../backbones/write-vectors.ts";
import { listAudioFiles } from "../data/list-audio-files.ts";
import { backboneOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";

export const embedStage = defineStage({
  name: "embed",
  positionals: "[files..]",
  describe: "Write one vector a sound by a backbone, for search and for programs of your own",
  options: {
    files: { type: "string", array: true, default: [], describe: "audio files, folders or patterns" },
    ...backboneOptions,
    out: {
      type: "string",
      default: "vectors.jsonl",
      describe: "file to write: .jsonl, .npy (names beside it), or .parquet",
    },
  },
  examples: [["embed sounds/ --backbone yamnet.onnx --out vectors.jsonl", "of a folder"]],
  run: async ({ files, backbone, out, ...args }) => {
    checkVectorFormat(out);
    const paths = await listAudioFiles(files);
    if (paths.length === 0)
      throw new UserError("embed: expected audio files, got none: npx earshot embed sounds/");
    const loaded = await loadBackbone(await requireBackbone(backbone), await readBackboneOptions(args));
    const embedded = await embedFiles(paths, loaded);
    await writeVectors(embedded, out);
    console.log(`${out}: ${embedded.length} vectors of ${embedded[0]?.vector.length ?? 0} numbers`);
  },
});
