import { expect, it } from "vitest";
import { createClassifier } from "../../../runtime/node.ts";
import { countRejected } from "./count-rejected.ts";

// A hundred of each kind take minutes: print-unknown-sounds.ts prints them.
const examples = 10;

it("silence, noise, speech and music are rejected by the included model", async ({ skip }) => {
  await using classifier = await createClassifier("pretrained/esc10.onnx");
  if (classifier.info.thresholds === undefined) skip("the included model has no thresholds yet");
  for await (const { kind, rejected, named } of countRejected(classifier, examples))
    expect(rejected, `${kind}: ${named}`).toBeGreaterThanOrEqual(examples - 1);
});
