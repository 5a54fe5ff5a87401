import { describe, expect, it } from "vitest";
import { createClassifier } from "../../runtime/node.ts";
import { hasGpu } from "./find-gpu.ts";
import { hostileModels } from "./hostile-models.ts";
import { buildTinyModel, makeLevel } from "./tiny-model.ts";

const sampleRateHz = 8000;
const loud = makeLevel(0.5, 4000);

describe("the execution providers of createClassifier", () => {
  it("falls back to the next execution provider and says why", async () => {
    await using classifier = await createClassifier(buildTinyModel(), {
      executionProviders: ["abacus", "cpu"],
    });
    expect(classifier.backend.name).toBe("cpu");
    expect(classifier.backend.rejected.map(({ name }) => name)).toEqual(["abacus"]);
    expect(classifier.backend.rejected[0]?.reason).toContain("abacus");
    await expect(
      createClassifier(buildTinyModel(), { executionProviders: ["abacus"] }),
    ).rejects.toMatchObject({ name: "BackendError", code: "no-backend" });
  });

  it.each([["abacus"], ["cuda"]])("calls a broken graph broken, whatever %s says of it", async (provider) => {
    const broken = hostileModels.find(({ title }) => title === "an unknown operator")?.build();
    await expect(createClassifier(broken ?? "", { executionProviders: [provider] })).rejects.toMatchObject({
      name: "ModelError",
      code: "bad-graph",
    });
  });

  it.skipIf(hasGpu)("says what CUDA lacks and what installs it, and answers on the processor", async () => {
    await using classifier = await createClassifier(buildTinyModel(), {
      executionProviders: ["cuda", "cpu"],
    });
    expect(classifier.backend).toMatchObject({ name: "cpu", rejected: [{ name: "cuda" }] });
    const reason = classifier.backend.rejected[0]?.reason;
    // The provider's own libraries, then NVIDIA's: what is missing depends on how far the machine is set up.
    if (process.platform === "linux" && process.arch === "x64")
      expect(reason).toMatch(
        /^expected (?:libonnxruntime_providers_shared|.*libcuda)\.so.* got none; .*npm run setup:cuda/,
      );
    else expect(reason).toMatch(/^expected linux x64, where onnxruntime-node has CUDA, got /);
    expect((await classifier.classify(loud, { sampleRateHz }))[0].label).toBe("loud");
    await expect(createClassifier(buildTinyModel(), { executionProviders: ["cuda"] })).rejects.toMatchObject({
      code: "no-backend",
    });
  });
});
