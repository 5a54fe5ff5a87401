import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { at } from "../../common/at.ts";
import { modelsAnswerSchema } from "../../server/http/schemas.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { buildTinyModel, createTinyMetadata } from "../runtime/tiny-model.ts";
import { loud, night, serveTiny } from "./serve-tiny.ts";

const path = "/v1/classify?top=1";

/** Processes that the test's own process has started and that still run. */
async function listWorkers(): Promise<number[]> {
  const text = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  const pids = text.trim().split(" ").filter(Boolean).map(Number);
  const lines = await Promise.all(
    pids.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") })),
  );
  return lines.filter(({ line }) => line.includes("worker.ts")).map(({ pid }) => pid);
}

/** Asks one after another until told to stop, which returns all statuses. */
function askOn(post: () => Promise<Response>): {
  readonly statuses: readonly number[];
  readonly stop: () => Promise<number[]>;
} {
  const statuses: number[] = [];
  const state = { isOver: false };
  const asking = (async () => {
    while (!state.isOver) {
      const response = await post();
      statuses.push(response.status);
      await response.arrayBuffer();
    }
  })();
  asking.catch(() => undefined); // `stop` rejects with it
  return {
    statuses,
    stop: async () => {
      state.isOver = true;
      await asking;
      return statuses;
    },
  };
}

describe.runIf(process.platform === "linux")("a server in trouble", () => {
  it("answers every request while its workers are killed", async () => {
    await using server = await serveTiny({ workers: 2 });
    const clients = Array.from({ length: 4 }, () => askOn(() => server.post(path, night)));
    for (let round = 0; round < 3; round++) {
      // A clip whose worker ended twice is refused with 503: none is under way that has lost one already.
      const before = clients.map(({ statuses }) => statuses.length);
      const haveGoneOn = () => clients.every(({ statuses }, index) => statuses.length > at(before, index));
      await expect.poll(haveGoneOn, { timeout: 60_000 }).toBe(true);
      const [victim] = await listWorkers();
      if (victim !== undefined) process.kill(victim, "SIGKILL");
      await expect.poll(async () => (await listWorkers()).length, { timeout: 60_000 }).toBe(2);
    }
    const statuses = (await Promise.all(clients.map(({ stop }) => stop()))).flat();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    expect(metrics).toContain('earshot_worker_ends_total{reason="crashed"} 3');
  });

  it("reloads a model that changes, under load, and keeps the old one when the new cannot be used", async () => {
    await using server = await serveTiny();
    const readVersion = async () =>
      modelsAnswerSchema.parse(await (await fetch(`${server.origin}/v1/models`)).json()).models[0];
    const first = await readVersion();
    const client = askOn(() => server.post(path, loud));
    await writeFile(server.modelPath, buildTinyModel(createTinyMetadata({ author: "second" })));
    await expect
      .poll(async () => (await readVersion())?.version, { timeout: 60_000 })
      .not.toBe(first?.version);
    const second = await readVersion();
    await writeFile(server.modelPath, "garbage");
    await expect.poll(async () => (await readVersion())?.reloadProblem, { timeout: 60_000 }).toBeDefined();
    expect((await readVersion())?.version).toBe(second?.version);
    // A worker that starts now still gets the model that answers.
    for (const pid of await listWorkers()) process.kill(pid, "SIGKILL");
    await rm(server.modelPath);
    expect((await server.post(path, loud)).status).toBe(200);
    const statuses = await client.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

/** Posts on the agent's connection, and reads the answer to its end. @returns its status */
function postOn(
  agent: Agent,
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const posted = request(url, { method: "POST", agent, headers }, (response) => {
      response.once("end", () => {
        resolve(response.statusCode);
      });
      response.once("error", reject).resume();
    });
    posted.once("error", reject).end(body);
  });
}

describe("serve, as a program", () => {
  let program: ChildProcess | undefined;
  let folder = "";
  afterEach(async () => {
    program?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  it("drops no request at SIGTERM, ends its streams with what they found, and exits", async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-serve-"));
    const model = join(folder, "model.onnx");
    await writeFile(model, buildTinyModel());
    const args = ["--import", "tsx", "pipeline/cli.ts", "serve", "--model", `tiny=${model}`, "--port", "0"];
    program = spawn(process.execPath, [...args, "--workers", "1"], {
      cwd: projectFolder,
      env: { ...process.env, EARSHOT_TOKENS: "a-token-of-this-test" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    program.stdout?.on("data", (part: Buffer) => (log += part.toString()));
    const lines: unknown[] = await once(program.stderr ?? program, "data");
    const origin = /http:\S+?(?=,)/.exec(String(lines[0]))?.[0] ?? "";
    const headers = { authorization: "Bearer a-token-of-this-test" };
    expect((await fetch(`${origin}/v1/models`)).status).toBe(401);

    const socket = new WebSocket(`${origin.replace("http", "ws")}/v1/stream`, { headers });
    const outputs: unknown[] = [];
    socket.on("message", (text: Buffer) => outputs.push(JSON.parse(text.toString())));
    await once(socket, "open");
    socket.send(JSON.stringify({ sampleRateHz: 8000, encoding: "s16le", threshold: 0.6 }));
    socket.send(night.subarray(44));

    const failures: unknown[] = [];
    const statuses: (number | undefined)[] = [];
    const state = { isOver: false };
    // A connection each, which they keep: one that is being opened while the server closes its port may be reset by the
    // system, before any program has it.
    const clients = Array.from({ length: 8 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!state.isOver) {
        try {
          statuses.push(await postOn(agent, `${origin}/v1/classify?top=1`, loud, headers));
        } catch (error) {
          // No more connections are taken: that request was not accepted, so it is not dropped.
          if (!(error instanceof Error && "syscall" in error && error.syscall === "connect"))
            failures.push(error);
          state.isOver = true;
        }
      }
      agent.destroy();
    });
    // Every client has been answered once, and the stream has found something.
    await expect.poll(() => statuses.length, { timeout: 60_000 }).toBeGreaterThan(8);
    await expect.poll(() => outputs.length, { timeout: 60_000 }).toBeGreaterThan(1);
    const ended = once(program, "exit");
    program.kill("SIGTERM");
    await Promise.all(clients);
    expect(await ended).toEqual([0, null]);
    expect(failures).toEqual([]);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(8);
    expect(outputs).toMatchObject([
      { type: "start" },
      { label: "quiet" },
      { label: "loud" },
      { label: "quiet" },
      { type: "end" },
    ]);
    expect(log).not.toMatch(/a-token|model\.onnx|passwd/);
  });
});
