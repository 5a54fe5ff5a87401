import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { queueTools } from "../../setup/python/environments.ts";

/** A server of another program, on loopback, as long as a test runs. */
export interface TestServer {
  readonly address: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Redis or Valkey of the system; undefined where there is none. */
export const redisProgram = ["redis-server", "valkey-server"]
  .map(findProgram)
  .find((found) => found !== undefined);

/** Why tests of a queue are skipped here, or undefined. CI installs what they need, and nothing is skipped there. */
export const missingRedis =
  redisProgram === undefined ? "no redis-server or valkey-server: apt-get install redis-server" : undefined;

export const missingS3 = existsSync(queueTools.python)
  ? undefined
  : "no S3 server: npx tsx setup/python/setup-python.ts queue";

interface RedisSettings {
  readonly password?: string;
  /** Holds the append-only file; without it, nothing is kept. */
  readonly folder?: string;
  /** Where it listens; without it, anywhere. */
  readonly port?: number;
}

export async function startRedis({
  password,
  folder,
  port: wished,
}: RedisSettings = {}): Promise<TestServer> {
  if (redisProgram === undefined) throw new Error(missingRedis);
  const port = wished ?? (await findFreePort());
  const child = spawn(
    redisProgram,
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"],
      ...(folder === undefined
        ? ["--appendonly", "no", "--dir", "/tmp"]
        : ["--appendonly", "yes", "--appendfsync", "always", "--dir", folder]),
      ...(password === undefined ? [] : ["--requirepass", password]),
    ],
    { stdio: "ignore" },
  );
  const stop = endWithTest(child);
  const client = new Redis({ port, ...(password !== undefined && { password }) });
  client.on("error", () => undefined); // it is not up yet
  await client.ping();
  client.disconnect();
  const secret = password === undefined ? "" : `:${password}@`;
  return { address: `redis://${secret}127.0.0.1:${port}`, process: child, stop };
}

/** Bucket of the S3 server. */
export const testBucket = "sounds";

/** An S3 server with an empty bucket; the environment's variables then name it, as for any program that uses S3. */
export async function startS3(): Promise<TestServer> {
  const port = await findFreePort();
  const child = spawn(queueTools.python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
  });
  const stop = endWithTest(child);
  const endpoint = `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test-key",
    AWS_SECRET_ACCESS_KEY: "test-secret-0123456789",
  });
  const client = new S3Client({ forcePathStyle: true, maxAttempts: 1 });
  for (let tries = 0; ; tries++) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: testBucket }));
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await wait(200);
    }
  }
  client.destroy();
  return { address: `s3://${testBucket}/earshot`, process: child, stop };
}

/** Nothing outlives the tests, even where they end early. */
function endWithTest(child: ChildProcess): () => Promise<void> {
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  return async () => {
    process.off("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
}

async function findFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("expected a port, got none"));
        else resolve(address.port);
      });
    });
  });
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
