// What is where in hours of sound? Writes a label track for Audacity, in flat memory.
// npx tsx examples/02-label-a-recording.ts model.onnx night.wav labels.txt
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createClassifier, formatAudacity } from "earshot/node";

const [model = "model.onnx", recording = "night.wav", labels = "labels.txt"] = process.argv.slice(2);

await using classifier = await createClassifier(model);
const events = classifier.findEvents(recording, { thresholds: 0.6, smoothingSeconds: 2, minimumSeconds: 1 });
await pipeline(formatAudacity(events), createWriteStream(labels));
console.log(`${labels}: open it in Audacity with File > Import > Labels`);
