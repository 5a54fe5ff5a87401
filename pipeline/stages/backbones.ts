import type { BackboneOptions } from "../../features/backbone/open-backbone.ts";
import { knownBackbones } from "../../features/backbone/known-backbones.ts";
import { chooseBackbone, findChosenBackbone } from "../backbones/chosen-backbone.ts";
import { fetchBackbone } from "../backbones/fetch-backbone.ts";
import { loadBackbone, readBackboneOptions } from "../backbones/load-backbone.ts";
import { formatTable } from "../screen/format-table.ts";
import { backboneFileOptions } from "../command-line/backbone-options.ts";
import { defineStage } from "../command-line/stage.ts";

export const backbonesStage = defineStage({
  name: "backbones",
  options: {
    fetch: {
      type: "string",
      describe:
        "known backbone, or http(s) address of an ONNX file, to download (continued after a break), then as --use",
      conflicts: "use",
    },
    sha256: {
      type: "string",
      describe: "of the file at the address: another one is refused",
      implies: "fetch",
    },
    use: { type: "string", describe: "ONNX file to check by running it, and to use from now on" },
    ...backboneFileOptions,
  },
  examples: [
    ["backbones", "known ones, how each is turned into an ONNX file, and the one that is set up"],
    [
      "backbones --fetch yamnet",
      "download it and check its SHA-256; start, embed and similar take it from now on",
    ],
    ["backbones --use yamnet.onnx", "the same with a file that is here"],
  ],
  run: async ({ fetch: wanted, sha256, use, ...args }) => {
    const given = await readBackboneOptions(args);
    if (wanted !== undefined) {
      const fetched = await fetchBackbone(wanted, sha256);
      await setUp(fetched.file, { ...fetched.known, ...given });
    } else if (use !== undefined) await setUp(use, given);
    else await listBackbones();
  },
});

async function setUp(file: string, options: BackboneOptions): Promise<void> {
  const { backbone } = await loadBackbone(file, options);
  await chooseBackbone(file);
  console.log(
    `${file}: ${backbone.windowSamples} samples at ${backbone.sampleRateHz} Hz to ${backbone.dimensions} numbers ` +
      `(${backbone.output.name}), SHA-256 ${backbone.sha256}\nNext: npx earshot start --data FOLDER`,
  );
}

async function listBackbones(): Promise<void> {
  const rows = knownBackbones.map(({ name, title, sampleRateHz, windowSamples, file, license }) => [
    name,
    title,
    `${sampleRateHz} Hz`,
    `${(windowSamples / sampleRateHz).toFixed(3)} s`,
    file === undefined ? "convert it" : `${(file.bytes / 1e6).toFixed(1)} MB`,
    license,
  ]);
  console.log(formatTable(["name", "what", "rate", "window", "download", "licence"], rows));
  for (const { name, source, note, file, sourceSha256 } of knownBackbones) {
    const fetched = file === undefined ? "" : `\n  ${file.url}\n  SHA-256 ${file.sha256}`;
    const hash = sourceSha256 === undefined ? "" : `\n  SHA-256 of the TFLite file: ${sourceSha256}`;
    console.log(`\n${name}: ${source}${fetched}\n  ${note}${hash}`);
  }
  console.log(
    "\nNone is shipped: each has its own licence. npx earshot backbones --fetch NAME downloads one that has a file. " +
      "Without a network: download or convert it on another machine, copy it here, then npx earshot backbones --use " +
      `FILE.onnx; --backbone pretrained is in the package. Set up: ${(await findChosenBackbone()) ?? "none"}`,
  );
}
