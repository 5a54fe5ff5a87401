/** Our exporter on the export benchmark. */
import "@tensorflow/tfjs";
import * as z from "zod";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { exportUntrained } from "./export-untrained.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const { network } = z.object({ network: z.enum(["cnn", "cnn-transformer"]) }).parse(readSettings());
const model = createNetwork(networkConfigSchema.parse({ architecture: network }), 1);

await serveRounds({ versions: { "@tensorflow/tfjs": readVersion("@tensorflow/tfjs") } }, async () => {
  let bytes = 0;
  const ms = await timeRuns(1, () => {
    bytes = exportUntrained(model, "features").bytes.length;
  });
  return { ms, bytes: [bytes] };
});
