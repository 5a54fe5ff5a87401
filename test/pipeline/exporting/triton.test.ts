import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serverTools } from "../../../setup/python/environments.ts";
import { writeTritonRepository } from "../../../pipeline/exporting/write-triton-repository.ts";
import { isEnvironmentReady } from "../../../setup/python/python-environment.ts";
import { buildTinyModel, tinyLabels } from "../../runtime/tiny-model.ts";

const options = { name: "tiny", maxBatchSize: 8, maxQueueDelayUs: 5000 };

/** Reads the configuration with the schema that NVIDIA publishes in tritonclient, and prints it as JSON. */
const readConfig = `
import importlib.util, pathlib, sys, sysconfig
from google.protobuf import json_format, text_format
place = pathlib.Path(sysconfig.get_paths()["purelib"]) / "tritonclient" / "grpc" / "model_config_pb2.py"
spec = importlib.util.spec_from_file_location("model_config_pb2", place)
schema = importlib.util.module_from_spec(spec); spec.loader.exec_module(schema)
config = text_format.Parse(pathlib.Path(sys.argv[1]).read_text(), schema.ModelConfig())
print(json_format.MessageToJson(config))
`;

describe("writeTritonRepository", () => {
  it("refuses a name that Triton cannot serve", async () => {
    await expect(writeTritonRepository("/", buildTinyModel(), { ...options, name: "a/b" })).rejects.toThrow(
      "--triton-name",
    );
  });

  const reason = isEnvironmentReady(serverTools)
    ? undefined
    : "no Triton schema: npx tsx setup/python/setup-python.ts server";
  it.skipIf(reason !== undefined)(
    `writes what Triton's own schema reads${reason === undefined ? "" : ` (${reason})`}`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "earshot-triton-"));
      try {
        const [config = "", labels = "", model = ""] = await writeTritonRepository(
          folder,
          buildTinyModel(),
          options,
        );
        const { status, stdout, stderr } = spawnSync(serverTools.python, ["-c", readConfig, config], {
          encoding: "utf8",
        });
        expect(status, stderr).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          name: "tiny",
          platform: "onnxruntime_onnx",
          maxBatchSize: 8,
          input: [{ name: "samples", dataType: "TYPE_FP32", dims: ["-1"] }],
          output: [
            { name: "logits", dims: ["3"], labelFilename: "labels.txt" },
            { name: "probabilities", dims: ["3"] },
          ],
          dynamicBatching: { preferredBatchSize: [8], maxQueueDelayMicroseconds: "5000" },
        });
        expect((await readFile(labels, "utf8")).trim().split("\n")).toEqual(tinyLabels);
        expect(new Uint8Array(await readFile(model))).toEqual(new Uint8Array(buildTinyModel()));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
