import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { defineConverter } from "../../../export/graph/converter.ts";
import { anyConfigSchema } from "../../../export/graph/config-schemas.ts";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { registerConverter } from "../../../export/converters/registry.ts";
import { expectModelParity } from "../parity-harness.ts";

describe("registerConverter", () => {
  class Doubling extends tf.layers.Layer {
    static readonly className = "Doubling";
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      if (x === undefined) throw new Error("no input");
      return x.mul(2);
    }
  }

  it("teaches a layer of the user's own, once", async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 3, inputShape: [4] }), new Doubling({ name: "two" })],
    });
    expect(() => exportLayersModel(model)).toThrow(
      'two (Doubling): no converter; registerConverter("Doubling", ...)',
    );
    const converter = defineConverter({
      operators: "Add",
      config: anyConfigSchema,
      convert: (graph, x) => ({ ...x, name: graph.addNode("Add", [x.name, x.name]) }),
    });
    registerConverter("Doubling", converter);
    await expectModelParity(model, [[2, 4]]);
    expect(() => {
      registerConverter("Doubling", converter);
    }).toThrow("Doubling: expected a layer class without converter");
  });
});
