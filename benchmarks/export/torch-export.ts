/**
 * Our export of the two networks beside torch.onnx.export's: nodes, bytes, and the time of one clip of 214 frames on one
 * thread of the same onnxruntime, in turn.
 *
 *     tsx benchmarks/export/torch-export.ts [--rounds 200] [--python PATH] [--json]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { exportLayersModel } from "../../export/export-layers-model.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { formatTable } from "../../pipeline/screen/format-table.ts";
import { pythonPeers } from "../python/python-peers.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    python: { type: "string", default: pythonPeers.python },
    json: { type: "boolean", default: false },
  },
});

const answerSchema = z.object({
  versions: z.record(z.string(), z.string()),
  rows: z.array(
    z.object({
      network: z.string(),
      by: z.string(),
      nodes: z.int(),
      nodesWithConstants: z.int(),
      bytes: z.int(),
      ms: z.number(),
      fastestMs: z.number(),
      oursToTheirs: z.number(),
    }),
  ),
});

const folder = mkdtempSync(path.join(tmpdir(), "earshot-torch-"));
try {
  for (const architecture of ["cnn", "cnn-transformer"]) {
    const network = createNetwork(networkConfigSchema.parse({ architecture }), 1);
    writeFileSync(path.join(folder, `${architecture}.onnx`), exportLayersModel(network));
  }
  const script = fileURLToPath(new URL("../python/torch_export.py", import.meta.url));
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const printed = execFileSync(options.python, [script, folder, options.rounds], { stdio: [...stdio] });
  const answer = answerSchema.parse(JSON.parse(printed.toString()));
  if (options.json) console.log(JSON.stringify(answer, undefined, 2));
  else {
    const versions = Object.entries(answer.versions).map(([name, version]) => `${name} ${version}`);
    console.log(`${versions.join(", ")}; one thread, ${options.rounds} interleaved rounds\n`);
    const header = ["network", "by", "nodes", "with Constants", "bytes", "ms", "fastest", "ours / theirs"];
    const rows = answer.rows.map((row) => [
      ...[row.network, row.by, row.nodes, row.nodesWithConstants, row.bytes],
      ...[row.ms.toFixed(3), row.fastestMs.toFixed(3), row.oursToTheirs.toFixed(3)],
    ]);
    console.log(formatTable(header, rows));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
