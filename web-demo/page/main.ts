import { createClassifier } from "../../runtime/web.ts";
import { describeOrtSource } from "../model/ort-source.ts";

const ears = await createClassifier("model.onnx", describeOrtSource(document.baseURI));
const [best] = await ears.classify(
  new Float32Array(220_500).map(() => Math.random()),
  { sampleRateHz: 44_100 },
);
document.body.textContent = `${best.label} ${best.probability}`;
