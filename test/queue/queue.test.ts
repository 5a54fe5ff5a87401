import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UserError } from "../../common/user-error.ts";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { cancelList, describeQueue } from "../../queue/bullmq/describe-queue.ts";
import { openQueue, type OpenQueue } from "../../queue/bullmq/open-queue.ts";
import { formatQueueMetrics } from "../../queue/queue-metrics.ts";
import { readVersions } from "../../queue/versions.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { missingRedis, startRedis, type TestServer } from "./servers.ts";
import { makeTinyJobs, readTinyResult, startTinyList, startTinyWorker } from "./tiny-queue.ts";

const title = missingRedis === undefined ? "jobs in a queue" : `jobs in a queue: skipped, ${missingRedis}`;

describe.skipIf(missingRedis !== undefined)(title, () => {
  let redis: TestServer;
  let open: OpenQueue;
  beforeAll(async () => {
    redis = await startRedis();
    open = await openQueue(await connectQueue(redis.address));
  });
  afterAll(async () => {
    await open.close();
    await redis.stop();
  });
  const makeAddresses = () => ({ queue: redis.address, store: makeFolder() });

  it("runs each job once, by several workers, and finds what an earlier command has computed", async () => {
    const addresses = makeAddresses();
    const jobs = await makeTinyJobs([1, 2, 3, 4, 5]);
    const workers = [await startTinyWorker(addresses), await startTinyWorker(addresses)];
    const list = await startTinyList(addresses, jobs);
    expect(await list.failed).toEqual([]);
    expect([...list.done].sort()).toEqual(jobs.map(({ folder }) => folder));
    const begun = workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("began")));
    expect(new Set(begun).size).toBe(5);
    for (const [index, { folder }] of jobs.entries())
      expect(await readTinyResult(folder)).toEqual({ seed: index + 1, epochs: 3, begun: 0 });

    const again = await makeTinyJobs([1, 2, 3, 4, 5]);
    expect(await (await startTinyList(addresses, again)).failed).toEqual([]);
    expect(workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("began")))).toEqual(begun);
    expect(await readTinyResult(again[0]?.folder ?? "")).toMatchObject({ seed: 1 });
  });

  it("sets a job aside that fails twice, with its log, and runs the others", async () => {
    const addresses = makeAddresses();
    const jobs = await makeTinyJobs([13, 21, 22]);
    const { lines } = await startTinyWorker(addresses);
    const list = await startTinyList(addresses, jobs, { list: "failing" });
    expect(await list.failed).toEqual([{ folder: jobs[0]?.folder, message: "seed 13 diverges" }]);
    expect(list.done).toHaveLength(2);
    expect(lines.filter((line) => line.includes("failed failing / seed-13"))).toHaveLength(2);
    const { failed } = await describeQueue(open);
    const entry = failed.find(({ list }) => list === "failing");
    expect(entry).toMatchObject({ name: "seed-13", reason: "seed 13 diverges" });
    expect(entry?.log.join()).toContain("seed 13 diverges");
  });

  it("takes short jobs first", async () => {
    const addresses = makeAddresses();
    const [long] = await makeTinyJobs([31], 9);
    const [short] = await makeTinyJobs([32], 2);
    if (long === undefined || short === undefined) throw new Error("expected jobs");
    const list = await startTinyList(addresses, [long, short]);
    await vi.waitFor(async () => {
      expect((await describeQueue(open)).waiting).toBe(2);
    }, 10_000);
    const { lines } = await startTinyWorker(addresses);
    await list.failed;
    expect(lines.filter((line) => line.startsWith("began"))).toEqual([
      "began tiny / seed-32",
      "began tiny / seed-31",
    ]);
  });

  it("cancels a list: what waits goes, what runs saves after its epoch, and the same command goes on", async () => {
    const addresses = makeAddresses();
    const jobs = await makeTinyJobs([41, 42], 120);
    const { lines } = await startTinyWorker(addresses);
    const list = await startTinyList(addresses, jobs, { list: "long" });
    await vi.waitFor(async () => {
      const { running } = await describeQueue(open);
      expect(running).toMatchObject([{ list: "long", total: 120 }]);
    }, 20_000);
    expect(formatQueueMetrics(await describeQueue(open))).toMatch(
      /earshot_queue_jobs\{state="waiting"\} 1\n/,
    );
    list.cancel();
    await list.failed;
    expect(list.done).toEqual([]);
    expect(lines.filter((line) => line.startsWith("cancelled"))).toHaveLength(1);
    expect(await describeQueue(open)).toMatchObject({ waiting: 0, running: [] });

    const shorter = await startTinyList(addresses, jobs, { list: "long" });
    expect(await shorter.failed).toEqual([]);
    const begun = await Promise.all(jobs.map(async ({ folder }) => (await readTinyResult(folder)).begun));
    expect(begun.filter((epoch) => epoch > 0)).toHaveLength(1);
  });

  it("cancels a list by its name", async () => {
    const addresses = makeAddresses();
    const list = await startTinyList(addresses, await makeTinyJobs([51, 52]), { list: "unwanted" });
    await vi.waitFor(async () => {
      expect((await describeQueue(open)).waiting).toBe(2);
    }, 10_000);
    expect(await cancelList(open, "unwanted")).toBe(2);
    expect((await describeQueue(open)).waiting).toBe(0);
    list.cancel();
    await list.failed;
  });

  it("leaves jobs of other versions to other workers, and says what they need", async () => {
    const addresses = makeAddresses();
    const versions = { ...(await readVersions()), code: "0123456789ab" };
    const { lines } = await startTinyWorker(addresses);
    const list = await startTinyList(addresses, await makeTinyJobs([61]), { versions });
    await vi.waitFor(() => {
      expect(lines.join()).toContain("needs code 0123456789ab, this is code ");
    }, 20_000);
    list.cancel();
    await list.failed;
    expect(list.done).toEqual([]);
  });

  it("gives a job back when the disk is full, and ends the worker with one line", async () => {
    const addresses = makeAddresses();
    const { worker } = await startTinyWorker(addresses);
    const list = await startTinyList(addresses, await makeTinyJobs([14]), { list: "full" });
    expect(await worker.ended).toMatch(/^full disk: ENOSPC.*; free space and start it again$/);
    expect(await describeQueue(open)).toMatchObject({ waiting: 1, running: [] });
    list.cancel();
    await list.failed;
  });

  it("refuses an object that was changed, removes it, and goes on when the command is given again", async () => {
    const addresses = makeAddresses();
    const jobs = await makeTinyJobs([71]);
    const { worker } = await startTinyWorker(addresses);
    await (
      await startTinyList(addresses, jobs)
    ).failed;
    await worker.close();
    const blobs = path.join(addresses.store, "blobs");
    for (const entry of await readdir(blobs, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) await writeFile(path.join(entry.parentPath, entry.name), "changed");
    const again = await makeTinyJobs([71]);
    const [failure] = await (await startTinyList(addresses, again)).failed;
    expect(failure?.message).toMatch(
      /blobs.*: expected \d+ bytes of SHA-256 .*the object was cut or changed/s,
    );
    await startTinyWorker(addresses);
    expect(await (await startTinyList(addresses, again)).failed).toEqual([]);
  });

  it("fails what is no job of earshot", async () => {
    const addresses = makeAddresses();
    await startTinyWorker(addresses);
    const job = await open.queue.add("train", { kind: "train", command: "rm -rf /" });
    await vi.waitFor(async () => {
      expect(await job.getState()).toBe("failed");
    }, 10_000);
    const { failed } = await describeQueue(open);
    expect(failed.map(({ reason }) => reason).join()).toContain("expected a job of earshot, got another");
  });
});

describe("an address of a queue", () => {
  it.each([
    ["http://box", /^--queue: expected redis:\/\/host:6379 or rediss:/],
    ["redis://:secret@", /^--queue: expected redis:\/\/host:6379 or rediss:/],
    [
      "redis://127.0.0.1:1",
      /^--queue redis:\/\/127\.0\.0\.1:1: expected Redis or Valkey, got .*ECONNREFUSED/,
    ],
  ])("%s is refused in one line without its password", async (address, message) => {
    const failure = await connectQueue(address).catch((error: unknown) => error);
    expect(String(failure)).not.toContain("secret");
    expect(failure).toBeInstanceOf(UserError);
    expect(failure instanceof Error && failure.message).toMatch(message);
  });

  it.skipIf(missingRedis !== undefined)("with a wrong password is refused in one line", async () => {
    const redis = await startRedis({ password: "right" });
    try {
      await expect(connectQueue(redis.address.replace("right", "wrong"))).rejects.toThrow(
        /expected user and password of the server, got others or none/,
      );
      await expect(connectQueue(redis.address.replace(":right@", ""))).rejects.toThrow(
        /expected user and password/,
      );
    } finally {
      await redis.stop();
    }
  });
});
