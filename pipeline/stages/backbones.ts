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
    const rows = knownBackbones.map(({ name, title, sampleRateHz: rate, windowSamples: window, license }) => [
      name,
      title,
      `${rate} Hz`,
      `${(window / rate).toFixed(3)} s`,
      license,
    ]);
    console.log(formatTable(["name", "what", "rate", "window", "licence"], rows));
    for (const { name, source, note } of knownBackbones) console.log(`\n${name}: ${source}\n  ${note}`);
    const chosen = await findChosenBackbone();
    console.log(
      `\nNone is shipped or downloaded: their authors publish no ONNX file. Set up: ${chosen ?? "none"}\n` +
        "Next: npx earshot backbones --use FILE.onnx",
    );
  },
});
