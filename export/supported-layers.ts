import type { Converter } from "./graph/converter.ts";
import { converters } from "./converters/index.ts";
import { unsupportedReasons } from "./converters/unsupported.ts";

/** Largest difference to TF.js that the tests of each layer allow, relative above 1 (test/export/*-layers.test.ts). */
const tolerance = "1e-5";

/** docs/supported-layers.md, from the registry. */
export function renderSupportedLayers(): string {
  const rows = Object.entries<Converter>(converters)
    .sort(([one], [other]) => one.localeCompare(other, "en"))
    .map(
      ([name, { operators, limits }]) => `| \`${name}\` | ${operators} | ${tolerance} | ${limits ?? ""} |`,
    );
  const refused = Object.entries(unsupportedReasons).map(([name, reason]) => `| \`${name}\` | ${reason} |`);
  return `${[
    "# Layers that export to ONNX",
    "",
    "<!-- Written by `npx tsx export/write-supported-layers.ts` from export/converters; do not edit. -->",
    "",
    "Layers of tfjs-layers 4.22 and our own. Tolerance: largest difference to TF.js in float32, relative above 1.",
    "`InputLayer` and nested models need no converter. `registerConverter` of `earshot/export` adds a layer of yours.",
    "",
    "| Layer | ONNX | Tolerance | Limits |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "Not exported; a model that holds one is refused with a list of all such layers and their reasons:",
    "",
    "| Layer | Reason |",
    "| --- | --- |",
    ...refused,
  ].join("\n")}\n`;
}
