/** Our SoundStream on the stream benchmark. */
import "@tensorflow/tfjs";
import * as z from "zod";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { createClassifier } from "../../runtime/node.ts";
import { exportUntrained } from "../export/export-untrained.ts";
import { readSettings, readVersion, serveRounds } from "../measure/serve-rounds.ts";
import { makeBlocks, timeStream } from "./stream-sound.ts";

const { network, threads } = z
  .object({ network: z.enum(["cnn", "cnn-transformer"]), threads: z.number() })
  .parse(readSettings());
const model = createNetwork(networkConfigSchema.parse({ architecture: network }), 1);
const classifier = await createClassifier(exportUntrained(model, "samples").bytes, {
  threads,
  allowUnverified: true,
});
const blocks = makeBlocks();

async function listen(): Promise<Record<string, number[]>> {
  const answers: (() => void)[] = [];
  const found = new Set<string>();
  const stream = classifier.stream({ hopSeconds: 1, onEntry: () => answers.shift()?.() });
  const hopSeconds = 2 * stream.latencySeconds - classifier.info.windowSeconds;
  const events = (async () => {
    for await (const { label } of stream) found.add(label);
  })();
  const figures = await timeStream(
    blocks,
    Math.round(hopSeconds * classifier.info.sampleRateHz),
    async (block, completesWindow) => {
      const answered = completesWindow ? new Promise<void>((resolve) => answers.push(resolve)) : undefined;
      await stream.push(block);
      await answered;
    },
  );
  stream.end();
  await events;
  return figures;
}

await serveRounds({ versions: { "onnxruntime-node": readVersion("onnxruntime-node") } }, listen);
await classifier.dispose();
