import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { projectFolder } from "../../setup/run-tool.ts";
import { describeKernels, insertKernels } from "../../tfjs-backend-onnxruntime/describe-kernels.ts";
import { readPublishedTests } from "../../tfjs-backend-onnxruntime/published-tests.ts";

const readText = (file: string) => readFile(path.join(projectFolder, file), "utf8");

it("docs/reference/kernels.md and the package's README are up to date: npm run kernels -- --write", async () => {
  expect(await readText("docs/reference/kernels.md")).toBe(describeKernels(await readPublishedTests()));
  const readme = await readText("packages/tfjs-backend-onnxruntime/README.md");
  expect(readme).toBe(insertKernels(readme));
  expect(readme).toContain("| Conv2D ");
});
