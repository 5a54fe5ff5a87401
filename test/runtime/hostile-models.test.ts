import { describe, expect, it } from "vitest";
import { createClassifier } from "../../runtime/node.ts";
import { hostileModels } from "./hostile-models.ts";
import { makeLevel } from "./tiny-model.ts";

describe("a model that says what is not so", () => {
  it.each(hostileModels)("is refused: $title", { timeout: 20_000 }, async ({ build, code, text }) => {
    const bytes = build();
    const refused = classify(bytes);
    await expect(refused).rejects.toMatchObject({ name: "ModelError", code });
    await expect(refused).rejects.toThrow(text);
    const { message } = await refused.catch((error: unknown) =>
      error instanceof Error ? error : new Error("no error"),
    );
    expect(message.length).toBeLessThanOrEqual(400);
    expect(message).not.toContain("\n");
  });
});

async function classify(bytes: Uint8Array): Promise<never> {
  await using classifier = await createClassifier({ name: "model.onnx", bytes });
  const answer = await classifier.classify(makeLevel(0.5, 4000), { sampleRateHz: 8000 });
  throw new Error(`expected a refusal, got ${JSON.stringify(answer)}`);
}
