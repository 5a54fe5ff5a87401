import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { compareFile } from "../../../pipeline/parity/compare-file.ts";
import { makeFolder } from "../../datasets/temporary-folder.ts";
import { buildTinyModel } from "../../runtime/tiny-model.ts";
import { makeWorkplace } from "../tiny-set.ts";

const options = { names: ["cpu", "tfjs"], thorough: false } as const;

it("compares a model that has no run with its own answers, and leaves it as it is", async () => {
  const file = path.join(makeFolder(), "some.onnx");
  await writeFile(file, buildTinyModel());
  const { outcomes, inputs, failure } = await compareFile(file, { ...options, data: makeWorkplace().sounds });
  const [cpu, tfjs] = outcomes;
  expect(failure).toBeUndefined();
  expect(cpu?.report).toMatchObject({ inputs, passed: true, maxAbsoluteDifference: 0 });
  expect(tfjs?.unavailable).toContain("no training");
});

it("says which file is missing", async () => {
  const file = path.join(makeFolder(), "none.onnx");
  await expect(compareFile(file, { ...options, data: undefined })).rejects.toThrow(
    `${file}: expected an exported model, got no such file`,
  );
});
