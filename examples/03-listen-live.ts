// Which sounds are there right now? Reads 16-bit mono samples at 44.1 kHz from standard input:
// arecord -t raw -f S16_LE -r 44100 -c 1 | npx tsx examples/03-listen-live.ts model.onnx
import { createClassifier } from "earshot/node";

const [model = "model.onnx"] = process.argv.slice(2);

await using classifier = await createClassifier(model);
const stream = classifier.stream({ sampleRateHz: 44_100, hopSeconds: 0.5, thresholds: 0.6 });

const printed = (async () => {
  for await (const { label, startSeconds, endSeconds } of stream)
    console.log(`${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s: ${label}`);
})();

let rest = Buffer.alloc(0); // half a sample, when a piece ends in the middle of one
for await (const piece of process.stdin) {
  const bytes = Buffer.concat([rest, Buffer.from(piece)]);
  const block = new Float32Array(Math.floor(bytes.length / 2));
  for (let index = 0; index < block.length; index++) block[index] = bytes.readInt16LE(index * 2) / 32_768;
  rest = bytes.subarray(block.length * 2);
  await stream.push(block); // waits while the model is behind
}
stream.end();
await printed;
