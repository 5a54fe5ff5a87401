import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { describeHubFiles, makeHubModel } from "../../export/model-card/hub-files.ts";
import { createClassifier, readModel } from "../../runtime/node.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { runCommand } from "../runtime/run-command.ts";

// transformers.js from the registry, on a folder of `--layout hub`, with its network access switched off. It is
// installed once into .cache, because it is too large (0.5 GB) for everyone's installation.

const version = "4.3.0";
const app = path.join(projectFolder, ".cache", `transformers-${version}`);
const minutes = 60_000;

const script = `
import { readFileSync } from "node:fs";
import { env, pipeline } from "@huggingface/transformers";
env.allowRemoteModels = false;
const [folder, name, file] = process.argv.slice(2);
env.localModelPath = folder;
const classify = await pipeline("audio-classification", name);
const bytes = readFileSync(file);
const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
console.log(JSON.stringify(await classify(samples, { top_k: 10 })));
`;

const answerSchema = z.array(z.object({ label: z.string(), score: z.number() }));

async function install(): Promise<boolean> {
  if (existsSync(path.join(app, "node_modules", "@huggingface", "transformers"))) return true;
  await mkdir(app, { recursive: true });
  await writeFile(
    path.join(app, "package.json"),
    JSON.stringify({ name: "app", type: "module", private: true }),
  );
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  const packages = [`@huggingface/transformers@${version}`];
  return await runCommand("npm", ["install", ...packages, ...options], app).then(
    () => true,
    () => false,
  );
}

it(
  "pipeline('audio-classification', folder) answers as classify does",
  { timeout: 10 * minutes },
  async (context) => {
    if (!(await install())) context.skip("npm could not install @huggingface/transformers: no registry");
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-hub-"));
    try {
      const bytes = readFileSync(path.join(projectFolder, "pretrained", "esc10.onnx"));
      const metadata = readModel(bytes, "esc10");
      await mkdir(path.join(folder, "esc10", "onnx"), { recursive: true });
      const model = makeHubModel(bytes, metadata);
      await writeFile(path.join(folder, "esc10", "onnx", "model.onnx"), model);
      for (const [name, text] of Object.entries(describeHubFiles(metadata, "# card\n")))
        await writeFile(path.join(folder, "esc10", name), text);
      await writeFile(path.join(app, "classify.mjs"), script);

      await using classifier = await createClassifier(bytes);
      const { sampleRateHz } = classifier.info;
      for (const seconds of [0.3, 2, 5]) {
        const samples = Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, (_, index) => {
          const envelope = Math.max(0, Math.sin(index / 9000));
          return 0.3 * Math.sin(index / 20) * envelope + 0.01 * Math.sin(index * index);
        });
        const file = path.join(folder, "samples.bin");
        await writeFile(file, new Uint8Array(samples.buffer));
        const output = await runCommand(process.execPath, ["classify.mjs", folder, "esc10", file], app);
        const answer = answerSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
        const expected = await classifier.classify({ samples, sampleRateHz });
        expect(answer.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
        for (const [index, { probability }] of expected.entries())
          expect(answer[index]?.score).toBeCloseTo(probability, 5);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
