// What is in this file? npx tsx examples/01-classify-a-file.ts model.onnx dog.ogg
import { createClassifier } from "earshot/node";

const [model = "model.onnx", clip = "dog.ogg"] = process.argv.slice(2);

await using classifier = await createClassifier(model);
for (const { label, probability } of (await classifier.classify(clip)).slice(0, 3))
  console.log(`${label}: ${(100 * probability).toFixed(1)} %`);
