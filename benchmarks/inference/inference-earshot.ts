/** Our exported model in onnxruntime-node, on the inference benchmark. */
import "@tensorflow/tfjs";
import { openScorer } from "../../runtime/node.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { exportUntrained } from "../export/export-untrained.ts";
import { countRuns, makeInput, parseInferenceSettings } from "./inference-settings.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const settings = parseInferenceSettings(readSettings());
const model = createNetwork(networkConfigSchema.parse({ architecture: settings.network }), 1);
const scorer = await openScorer<number[]>(exportUntrained(model, settings.input).bytes, {
  threads: settings.threads,
  executionProviders: [settings.provider],
});
const { values, shape } = makeInput(settings);
await serveRounds({ versions: { "onnxruntime-node": readVersion("onnxruntime-node") } }, () =>
  timeRuns(countRuns(settings), () => scorer.score(values, shape)),
);
await scorer.dispose();
