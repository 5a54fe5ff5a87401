import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { runCommand, startCommand } from "../pipeline/command-line.ts";
import { makeWorkplace } from "../pipeline/tiny-set.ts";
import { addFiles, makeFolder } from "../datasets/temporary-folder.ts";
import { missingRedis, missingS3, startRedis, startS3 } from "./servers.ts";

vi.setConfig({ testTimeout: 240_000 });

const missing = missingRedis ?? missingS3;
const model = path.resolve(import.meta.dirname, "../../pretrained/esc10.onnx");

it.skipIf(missing !== undefined)(
  `a folder classified by a worker has the answers of this machine${missing === undefined ? "" : `: skipped, ${missing}`}`,
  async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const s3 = await startS3();
    onTestFinished(() => s3.stop());
    const { folder, sounds } = makeWorkplace();
    addFiles(sounds, { "bad.wav": "no sound" });
    const predict = ["predict", "sounds", "--csv", "--model", model];
    const local = await runCommand(folder, ...predict);
    const queue = ["--queue", redis.address, "--store", s3.address];
    const worker = startCommand(makeFolder(), "worker", ...queue);
    const queued = await runCommand(folder, ...predict, ...queue);
    worker.child.kill("SIGTERM");
    await worker.ending;
    expect(queued.stderr).toMatch(/error: .*bad\.wav/);
    expect(queued.code).toBe(local.code);
    expect(queued.stdout.split("\n").sort()).toEqual(local.stdout.split("\n").sort());
  },
);
