import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import loadWabt from "wabt";
import { convolveCode } from "../../../features/resample/convolve.ts";

it("holds what convolve.wat says", async () => {
  const name = "convolve.wat";
  const text = readFileSync(join(import.meta.dirname, "../../../features/resample", name), "utf8");
  const wabt = await loadWabt();
  const module = wabt.parseWat(name, text, { simd: true });
  module.validate();
  expect(convolveCode).toBe(Buffer.from(module.toBinary({}).buffer).toString("hex"));
});
