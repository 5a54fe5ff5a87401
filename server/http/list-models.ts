import type * as z from "zod";
import type { ServedModel } from "../engine/engine.ts";
import type { modelsAnswerSchema } from "./schemas.ts";

/** `GET /v1/models`. */
export function listModels(models: readonly ServedModel[]): z.infer<typeof modelsAnswerSchema> {
  return {
    models: models.map(({ model, version, metadata, backend, reloadProblem }) => ({
      model,
      version,
      labels: metadata.labels,
      backend,
      metadata,
      sampleRateHz: metadata.features.sampleRateHz,
      windowSeconds: metadata.features.clipSeconds,
      ...(reloadProblem !== undefined && { reloadProblem }),
    })),
  };
}
