import { knownBackbones } from "../../features/backbone/known-backbones.ts";
import { chooseBackbone, findChosenBackbone } from "../backbones/chosen-backbone.ts";
import { loadBackbone } from "../backbones/load-backbone.ts";
import { formatTable } from "../screen/format-table.ts";
import { backboneFileOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";

export const backbonesStage = defineStage({
  name: "backbones",
  describe: "List known pretrained networks with source and licence; check one, and set it up for start",
  options: {
    use: { type: "string", describe: "ONNX file to check by running it, and to use from now on" },
    ...backboneFileOptions,
  },
  examples: [
    ["backbones", "known ones, how each is turned into an ONNX file, and the one that is set up"],
    ["backbones --use yamnet.onnx", "start, embed and similar take it from now on"],
  ],
  run: async ({ use, backboneRate: sampleRateHz, backboneWindow: windowSamples, backboneOutput: output }) => {
    if (use !== undefined) {
      const { backbone } = await loadBackbone(use, { sampleRateHz, windowSamples, output });
      await chooseBackbone(use);
      console.log(
        `${use}: ${backbone.windowSamples} samples at ${backbone.sampleRateHz} Hz to ${backbone.dimensions} numbers ` +
          `(${backbone.output.name}), SHA-256 ${backbone.sha256}\nNext: npx earshot start --data FOLDER`,
      );
      return;
    }
    const rows = knownBackbones.map((known) => [
      known.name,
      known.title,
      `${known.sampleRateHz} Hz`,
      `${(known.windowSamples / known.sampleRateHz).toFixed(3)} s`,
      known.megabytes === undefined ? "not measured" : `${known.megabytes} MB`,
      known.license,
    ]);
    console.log(formatTable(["name", "what", "rate", "window", "size", "licence"], rows));
    for (const { name, source, note, sourceSha256 } of knownBackbones) {
      const hash = sourceSha256 === undefined ? "" : `\n  SHA-256 of the TFLite file: ${sourceSha256}`;
      console.log(`\n${name}: ${source}\n  ${note}${hash}`);
    }
    const chosen = await findChosenBackbone();
    console.log(
      "\nNone is shipped or downloaded: their authors publish no ONNX file. Convert one where there is a network, and " +
        `copy it here; without one, --backbone pretrained is in the package. Set up: ${chosen ?? "none"}\n` +
        "Next: npx earshot backbones --use FILE.onnx",
    );
  },
});
