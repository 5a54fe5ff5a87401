import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTool } from "../../setup/run-tool.ts";
import { buildTinyModel } from "./tiny-model.ts";

describe("memory", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-leaks-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("stays flat over 2,000 classifications, 200 files and 100 classifiers", async () => {
    const model = join(folder, "model.onnx");
    await writeFile(model, buildTinyModel());
    const script = ["--expose-gc", "test/runtime/measure-leaks.ts", model, "2000", "100"];
    const { code, output } = await runTool("tsx", script);
    expect(output).toMatch(
      /2000 classifications: .*: flat\n20 batches of 10 files: .*: flat\n100 classifiers: .*: flat\n/,
    );
    expect(code).toBe(0);
  }, 300_000);
});
