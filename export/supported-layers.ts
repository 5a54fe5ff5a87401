import type { Converter } from "./graph/converter.ts";
import { converters, unsupportedReasons } from "./converters/registry.ts";

/** Largest difference to TF.js that the tests of each layer allow, relative above 1 (test/export/converters/). */
const tolerance = "1e-5";

/** docs/reference/supported-layers.md, from the registry. */
export function renderSupportedLayers(): string {
  const rows = Object.entries<Converter>(converters)
    .sort(([one], [other]) => one.localeCompare(other, "en"))
    .map(
      ([name, { operators, limits = "", integers = "refused" }]) =>
        `| \`${name}\` | ${operators} | ${tolerance} | ${integers} | ${limits} |`,
    );
  const refused = Object.entries(unsupportedReasons).map(([name, reason]) => `| \`${name}\` | ${reason} |`);
  return `${[
    "# Layers that export to ONNX",
    "",
    "<!-- Written by `npx tsx export/write-supported-layers.ts` from export/converters; do not edit. -->",
    "",
    "Layers of tfjs-layers 4.22 and our own. Tolerance: largest difference to TF.js in float32, relative above 1.",
    "int32 and bool inputs are cast to float32, kept, or refused by name: what TF.js itself throws on or cuts off.",
    "`InputLayer` and nested models need no converter. `registerConverter` of `earshot/export` adds a layer of yours.",
    "",
    "| Layer | ONNX | Tolerance | int32, bool | Limits |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "Not exported; a model that holds one is refused with a list of all such layers and their reasons:",
    "",
    "| Layer | Reason |",
    "| --- | --- |",
    ...refused,
  ].join("\n")}\n`;
}
