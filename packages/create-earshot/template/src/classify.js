// Classes of sound files: node src/classify.js clip.wav ...
import { createClassifier } from "earshot";

const classifier = await createClassifier("public/model.onnx");
for (const file of process.argv.slice(2)) {
  const [best] = await classifier.classify(file);
  console.log(`${file}: ${best.label}, ${(100 * best.probability).toFixed(1)} %`);
}
await classifier.dispose();
