/*
 * For how many seeded examples of each unknown kind of sound a model names no class:
 *
 *     npx tsx test/pipeline/included-model/print-unknown-sounds.ts MODEL [EXAMPLES] [THRESHOLD]
 *
 * 100 examples of each, the model's own thresholds; exit code 1 where less than 95 % of a kind are rejected.
 */
import process from "node:process";
import { createClassifier } from "../../../runtime/node.ts";
import { countRejected } from "./count-rejected.ts";

const [modelPath = "pretrained/esc10.onnx", count = "100", threshold] = process.argv.slice(2);
const neededFraction = 0.95;

await using classifier = await createClassifier(modelPath, { allowUnverified: true });
const { thresholds } = classifier.info;
const own =
  thresholds === undefined ? "it has none, so that every sound but silence is named" : thresholds.goal;
console.log(`${modelPath}, thresholds: ${threshold ?? own}`);
for await (const { kind, sounds, rejected, named } of countRejected(
  classifier,
  Number(count),
  threshold === undefined ? undefined : Number(threshold),
)) {
  const isEnough = rejected >= neededFraction * sounds;
  if (!isEnough) process.exitCode = 1;
  const percent = `${((100 * rejected) / sounds).toFixed(0)} %`.padStart(5);
  console.log(`${isEnough ? " " : "!"} ${kind.padEnd(20)} ${percent} rejected  ${named}`);
}
