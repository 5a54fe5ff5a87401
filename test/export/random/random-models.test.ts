import fc from "fast-check";
import { expect, it } from "vitest";
import { expectModelParity } from "../parity-harness.ts";
import { buildRandomModel, modelPlan } from "./random-model.ts";

/** `RANDOM_MODELS=500 npx vitest run test/export/random-models` for the long form. */
const runs = Number(process.env.RANDOM_MODELS ?? 60);

it(`exports ${runs} random models that answer as TF.js does`, { timeout: runs * 2000 }, async () => {
  const families = new Set<string>();
  let built = 0;
  await fc.assert(
    fc.asyncProperty(modelPlan, async (plan) => {
      const { model, inputShapes, families: used } = buildRandomModel(plan);
      await expectModelParity(model, inputShapes, { seed: plan.seed, absoluteTolerance: 1e-4 });
      for (const family of used) families.add(family);
      built++;
      model.dispose();
    }),
    { numRuns: runs },
  );
  expect(built).toBe(runs);
  expect(families.size).toBeGreaterThanOrEqual(10);
  if (runs >= 500)
    console.log(`${built} models of ${families.size} layer classes: ${[...families].sort().join(", ")}`);
});

/** Random networks amplify rounding; a wrong scale, axis or type would be off by far more. */
it.each([
  ["fp16", 0.05],
  ["int8-dynamic", 0.3],
] as const)(
  "exports random models in %s, close to what TF.js answers",
  async (precision, absoluteTolerance) => {
    await fc.assert(
      fc.asyncProperty(modelPlan, async (plan) => {
        const { model, inputShapes } = buildRandomModel(plan);
        await expectModelParity(model, inputShapes, { seed: plan.seed, absoluteTolerance, precision });
        model.dispose();
      }),
      // One seed: for any model at all, 8 bits have no bound.
      { numRuns: 25, seed: 20_261_124 },
    );
  },
);
