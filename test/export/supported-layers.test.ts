import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { renderSupportedLayers } from "../../export/supported-layers.ts";

it("docs/reference/supported-layers.md is what the registry says (npx tsx export/write-supported-layers.ts)", async () => {
  const written = await readFile(
    new URL("../../docs/reference/supported-layers.md", import.meta.url),
    "utf8",
  );
  expect(written).toBe(renderSupportedLayers());
});
