import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { describeKernels } from "../../tfjs-backend-onnxruntime/describe-kernels.ts";
import { readPublishedTests } from "../../tfjs-backend-onnxruntime/published-tests.ts";

it("docs/reference/kernels.md is up to date: npm run kernels -- --write", async () => {
  expect(await readFile(new URL("../../docs/reference/kernels.md", import.meta.url), "utf8")).toBe(
    describeKernels(await readPublishedTests()),
  );
});
