/** Writes docs/reference/supported-layers.md: `npx tsx export/write-supported-layers.ts`. */
import { writeFile } from "node:fs/promises";
import { renderSupportedLayers } from "./supported-layers.ts";

await writeFile(new URL("../docs/reference/supported-layers.md", import.meta.url), renderSupportedLayers());
