import { describe, expect, it } from "vitest";
import { buildLayersModel, exportLayersModel } from "../../export/export-layers-model.ts";
import { readLayersModel } from "../../export/saved-model/read-layers-model.ts";
import { createNormal, expectClose, predict, runOnnx } from "./parity-harness.ts";
import { fetchThirdPartyModel } from "./third-party-model.ts";

const fetched = fetchThirdPartyModel();
const title =
  "missing" in fetched ? `a model from npm (${fetched.missing})` : "a model from npm, nsfwjs's MobileNetV2";

describe.skipIf("missing" in fetched)(title, () => {
  it("exports, and answers as in TF.js", { timeout: 240_000 }, async () => {
    const model = await readLayersModel("file" in fetched ? fetched.file : "");
    expect(model.layers).toHaveLength(162);
    const operators = new Set(buildLayersModel(model).nodes.map(({ opType }) => opType));
    expect(operators).not.toContain("BatchNormalization");
    const random = createNormal(3);
    const image = Float32Array.from({ length: 224 * 224 * 3 }, () => Math.min(1, Math.abs(random()) / 3));
    const shape = [1, 224, 224, 3];
    const [truth] = predict(model, [image], [shape]);
    const [answer] = await runOnnx(exportLayersModel(model), model, [image], [shape]);
    expect(answer?.dims).toEqual([1, 5]);
    expectClose(answer?.data ?? [], truth?.data ?? [], 1e-5, "five classes");
  });
});
