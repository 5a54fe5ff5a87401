import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { createTrainRequests, layOutTraining } from "../../queue/train-request.ts";
import { jobRequestSchema } from "../../queue/job-request.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { readVersions } from "../../queue/versions.ts";
import { readJson, writeJson } from "../../run-files/json-file.ts";
import { runConfigSchema } from "../../run-files/run-config.ts";
import { parseJob } from "../../run-files/job.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";

async function describe(settings: object, job: object = {}) {
  const open = await openStore(makeFolder());
  const folder = makeFolder();
  const config = { extractor: "graph", skipBadClips: false, maxClipSeconds: 600, engine: "auto", threads: 1 };
  await writeJson(path.join(folder, "config.json"), { ...config, ...settings, job: parseJob(job) });
  const describeJob = createTrainRequests({
    open,
    versions: await readVersions(),
    list: "list",
    hashIndexFile: path.join(makeFolder(), "index.json"),
    chooseEngine: () => Promise.resolve("onnxruntime"),
  });
  const request = await describeJob({ kind: "train", folder, tensorboard: false, trainedFolders: {} });
  return { request, store: open.store };
}

it("carries data by content, and lays it out on a worker; files that it has are not fetched again", async () => {
  const sounds = makeFolder({ "dog/a.wav": "one", "rain/b.wav": "two", "rain/c.wav": "two" });
  const { request, store } = await describe({ data: sounds });
  expect(jobRequestSchema.parse(request)).toEqual(request);
  expect(JSON.stringify(request)).not.toContain(path.dirname(sounds));
  expect(request.config.engine).toBe("onnxruntime");

  const cacheFolder = makeFolder();
  const folder = makeFolder();
  await layOutTraining(request, folder, { store, cacheFolder });
  const data = (await readJson(path.join(folder, "config.json"), runConfigSchema))?.data ?? "";
  expect(await readFile(path.join(data, "dog/a.wav"), "utf8")).toBe("one");
  const before = await stat(path.join(data, "rain/c.wav"));
  await layOutTraining(request, makeFolder(), { store, cacheFolder });
  expect((await stat(path.join(data, "rain/c.wav"))).ino).toBe(before.ino);
});

it("carries the trained jobs that a job starts from; a name alone is refused on a worker", async () => {
  const trained = makeFolder({ "result.json": "{}", "checkpoints/epoch-0001/weights.bin": "weights" });
  const { request, store } = await describe({ data: "embedded" }, { warmStart: trained });
  const work = { store, cacheFolder: makeFolder() };
  const { trainedFolders } = await layOutTraining(request, makeFolder(), work);
  const weights = path.join(trainedFolders[trained] ?? "", "checkpoints/epoch-0001/weights.bin");
  expect(await readFile(weights, "utf8")).toBe("weights");
  await expect(layOutTraining({ ...request, trained: [] }, makeFolder(), work)).rejects.toThrow(
    /expected a trained job in the store, got its name alone/,
  );
});

it("refuses what no request may hold", async () => {
  const { request } = await describe({ data: "embedded" });
  const changes = [
    { command: "rm -rf /" },
    { config: { ...request.config, data: "/etc" } },
    { data: { name: "..", tree: { sha256: "0".repeat(64), bytes: 1 } } },
    { storeId: "s3://other/bucket" },
  ];
  for (const change of changes)
    expect(jobRequestSchema.safeParse({ ...request, ...change }).success).toBe(false);
  await expect(describe({ data: "sounds", allowOutside: true })).rejects.toThrow(
    /^--queue: expected data in one folder/,
  );
});
