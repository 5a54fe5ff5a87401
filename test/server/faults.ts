/**
 * What must not stop a server, one after another against a real one on loopback, with one line each. After every
 * fault it must answer again; at the end its open files and its memory must be what they were. Bounded in count and time.
 *
 *     npx tsx test/server/faults.ts [--only WORDS] [--bomb FILE.flac]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { errorSchema } from "../../server/http/schemas.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, bomb: { type: "string" } },
});

const folder = await mkdtemp(path.join(tmpdir(), "earshot-faults-"));
const model = path.join(folder, "model.onnx");
await writeFile(model, buildTinyModel());
const level = new Float32Array(4000).map((_, index) => (index % 2 === 0 ? 0.5 : -0.5));
const sound = Buffer.from(encodeWav({ samples: level, sampleRateHz: 8000 }));

interface Server {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly origin: string;
  readonly port: number;
}

/** @param stdout a file that takes the log */
async function start(stdout: number | "ignore" = "ignore"): Promise<Server> {
  const cli = ["--import", "tsx", "pipeline/cli.ts", "serve", "--model", model, "--port", "0"];
  const child = spawn(process.execPath, [...cli, "--deadline-seconds", "5", "--workers", "2"], {
    stdio: ["ignore", stdout, "pipe"],
  });
  const lines: unknown[] = await once(child.stderr ?? child, "data");
  child.stderr?.resume();
  const origin = /http:\S+?(?=,)/.exec(String(lines[0]))?.[0] ?? "";
  const server = { child, pid: child.pid ?? 0, origin, port: Number(new URL(origin).port) };
  while ((await fetch(`${origin}/readyz`)).status !== 200) await sleep(100);
  return server;
}

async function post(
  server: Server,
  body: NonNullable<RequestInit["body"]>,
  headers: Record<string, string> = {},
  query = "",
) {
  const response = await fetch(`${server.origin}/v1/classify${query}`, {
    method: "POST",
    body,
    headers,
    duplex: "half",
  });
  const content: unknown = await response.json();
  if (response.status !== 200) errorSchema.parse(content);
  return response.status;
}

/** Writes to a fresh connection and reads all that comes until it closes or the time is over. */
async function talk(
  server: Server,
  write: (socket: Socket) => Promise<void> | void,
  ms = 15_000,
): Promise<string> {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  socket.on("error", () => undefined);
  socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
  await once(socket, "connect");
  const closed = once(socket, "end").catch(() => undefined);
  await write(socket);
  await Promise.race([closed, sleep(ms)]);
  socket.destroy();
  return text;
}

/** The status of an answer that was read from a connection; throws unless its body is a refusal as documented. */
function readStatus(text: string): number {
  const status = Number(/HTTP\/1\.1 (?!100)(\d+)/.exec(text)?.[1] ?? 0);
  const body = text.slice(text.lastIndexOf("\r\n\r\n") + 4);
  if (status >= 400) errorSchema.parse(JSON.parse(body));
  return status;
}

const head = (extra: string) => `POST /v1/classify HTTP/1.1\r\nHost: a\r\n${extra}\r\n`;
const multipart = { "content-type": "multipart/form-data; boundary=x" };
const listWorkers = async ({ pid }: Server) =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").filter(Boolean).map(Number);

/** @returns the statuses that were seen; what is no HTTP answer counts as 0 */
type Fault = (server: Server) => Promise<number[]>;

const faults: Readonly<Record<string, { readonly allowed: readonly number[]; readonly run: Fault }>> = {
  "kill -9 of workers under load": {
    allowed: [200, 503],
    run: async (server) => {
      const asking = Array.from({ length: 200 }, async (_, index) => {
        await sleep(index * 10);
        return post(server, sound);
      });
      for (let round = 0; round < 3; round++) {
        await sleep(500);
        const [worker] = await listWorkers(server);
        if (worker !== undefined) process.kill(worker, "SIGKILL");
      }
      return Promise.all(asking);
    },
  },
  "model file replaced by garbage, removed, restored": {
    allowed: [200],
    run: async (server) => {
      const statuses: number[] = [];
      for (const change of [
        () => writeFile(model, "garbage"),
        () => rm(model),
        async () => {
          await writeFile(`${model}.new`, buildTinyModel());
          await rename(`${model}.new`, model);
        },
      ]) {
        await change();
        for (let count = 0; count < 30; count++) {
          statuses.push(await post(server, sound));
          await sleep(100);
        }
      }
      return statuses;
    },
  },
  "200 slow-loris connections": {
    allowed: [408],
    run: (server) =>
      Promise.all(
        Array.from({ length: 200 }, async () =>
          readStatus(
            await talk(
              server,
              (socket) => {
                socket.write("POST /v1/classify HTTP/1.1\r\nHost: a\r\n");
                const timer = setInterval(() => socket.write("x: y\r\n"), 1000);
                socket.once("close", () => {
                  clearInterval(timer);
                });
              },
              20_000,
            ),
          ),
        ),
      ),
  },
  "200 half-closed connections, whole and cut": {
    allowed: [0, 200, 400, 408],
    run: (server) =>
      Promise.all(
        Array.from({ length: 200 }, async (_, index) =>
          readStatus(
            await talk(server, (socket) => {
              socket.write(head(`Connection: close\r\nContent-Length: ${sound.length}\r\n`));
              socket.end(index % 2 === 0 ? sound : sound.subarray(0, 100));
            }),
          ),
        ),
      ),
  },
  "1,000 aborted uploads": {
    allowed: [0],
    run: async (server) => {
      const statuses: number[] = [];
      for (let count = 0; count < 1000; count += 50)
        statuses.push(
          ...(await Promise.all(
            Array.from({ length: 50 }, async () =>
              readStatus(
                await talk(
                  server,
                  (socket) => {
                    socket.write(head("Content-Length: 20000000\r\n"));
                    socket.write(Buffer.alloc(50_000));
                    setTimeout(() => socket.destroy(), 20);
                  },
                  50,
                ),
              ),
            ),
          )),
        );
      return statuses;
    },
  },
  "10 GB body, as announced": {
    allowed: [413],
    run: async (server) => [
      readStatus(await talk(server, (socket) => void socket.write(head("Content-Length: 10000000000\r\n")))),
    ],
  },
  "10 GB body, in chunks": {
    allowed: [413],
    run: async (server) => {
      const chunk = Buffer.alloc(1_000_000);
      const text = await talk(server, async (socket) => {
        socket.write(head("Transfer-Encoding: chunked\r\n"));
        for (let count = 0; count < 10_000 && socket.writable; count++) {
          if (!socket.write(`${chunk.length.toString(16)}\r\n`))
            await Promise.race([once(socket, "drain"), sleep(3000)]);
          socket.write(chunk);
          if (!socket.write("\r\n"))
            await Promise.race([once(socket, "drain").catch(() => undefined), sleep(3000)]);
        }
      });
      return [readStatus(text)];
    },
  },
  "chunked body without end": {
    allowed: [408],
    run: async (server) => [
      readStatus(
        await talk(server, (socket) => {
          socket.write(head("Transfer-Encoding: chunked\r\n"));
          const timer = setInterval(() => socket.write("1\r\nx\r\n"), 200);
          socket.once("close", () => {
            clearInterval(timer);
          });
        }),
      ),
    ],
  },
  "malformed multipart": {
    allowed: [400, 413],
    run: (server) =>
      Promise.all(
        [
          "",
          "--x",
          "--x\r\n\r\n",
          "--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--",
          '--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc',
          `--x\r\n${"A: b\r\n".repeat(50_000)}\r\nabc\r\n--x--`,
          `--x\r\nContent-Disposition: form-data; name="${"n".repeat(100_000)}"\r\n\r\n1\r\n--x--`,
          '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(10_000),
          "--y\r\nnot its boundary\r\n--y--",
          `--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--`,
        ].map((body) => post(server, body, multipart)),
      ),
  },
  "decoder bombs": {
    allowed: [200, 503],
    run: async (server) => {
      if (values.bomb === undefined) return [];
      const bomb = await readFile(values.bomb);
      return Promise.all(Array.from({ length: 8 }, () => post(server, bomb)));
    },
  },
  "deflate bombs": {
    allowed: [413],
    run: (server) => {
      const zeros = Buffer.alloc(1_000_000_000);
      // Both before either is sent: they block this process for long.
      const gzip = gzipSync(zeros);
      const brotli = brotliCompressSync(zeros.subarray(0, 50_000_000));
      return Promise.all([
        post(server, gzip, { "content-encoding": "gzip" }),
        post(server, brotli, { "content-encoding": "br" }),
      ]);
    },
  },
  "path names and odd names in fields": {
    allowed: [200, 400, 431],
    run: (server) =>
      Promise.all(
        [
          "../../etc/passwd",
          "C:\\windows\\a.wav",
          "\u0000",
          "%2e%2e%2f",
          "a\r\nX-Injected: 1",
          "💥".repeat(2000),
        ].flatMap((name) => {
          const form = new FormData();
          form.append("file", new Blob([sound]), name);
          return [post(server, form), post(server, sound, {}, `?model=${encodeURIComponent(name)}`)];
        }),
      ),
  },
  "header bombs": {
    allowed: [431],
    run: (server) =>
      Promise.all(
        [`X: ${"y".repeat(1_000_000)}\r\n`, "X: y\r\n".repeat(100_000)].map(async (headers) =>
          readStatus(await talk(server, (socket) => void socket.write(head(headers)))),
        ),
      ),
  },
  "no HTTP at all": {
    allowed: [400],
    run: (server) =>
      Promise.all(
        [
          "\u0016\u0003\u0001\u0002\u0000",
          "GET / HTTP/9.9\r\n\r\n",
          "hello\r\n\r\n",
          head("Content-Length: -1\r\n"),
          head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
        ].map(async (text) => readStatus(await talk(server, (socket) => void socket.end(text)))),
      ),
  },
  "5,000 requests in a row": {
    allowed: [200],
    run: async (server) => {
      const statuses: number[] = [];
      for (let count = 0; count < 5000; count++) statuses.push(await post(server, sound, {}, "?top=1"));
      return statuses;
    },
  },
};

async function measure(server: Server): Promise<{ files: number; megabytes: number }> {
  let files = 0;
  let pages = 0;
  for (const pid of [server.pid, ...(await listWorkers(server))]) {
    files += (await readdir(`/proc/${pid}/fd`)).length;
    pages += Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]);
  }
  return { files, megabytes: (pages * 4096) / 1e6 };
}

function count(statuses: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, times]) => `${status} x ${times}`).join(", ");
}

let failures = 0;
const server = await start();
for (let warm = 0; warm < 200; warm++) await post(server, sound);
const before = await measure(server);
for (const [name, { allowed, run }] of Object.entries(faults)) {
  if (!name.includes(values.only)) continue;
  const begin = performance.now();
  let outcome: string;
  try {
    const statuses = await run(server);
    const others = statuses.filter((status) => !allowed.includes(status));
    const isServing = (await post(server, sound)) === 200 && (await fetch(`${server.origin}/healthz`)).ok;
    outcome = `${others.length === 0 && isServing ? "ok" : "FAILED"}: ${count(statuses)}${isServing ? "" : ", no longer serving"}`;
  } catch (error) {
    outcome = `FAILED: ${String(error)}`;
  }
  if (outcome.startsWith("FAILED")) failures += 1;
  const { files, megabytes } = await measure(server);
  console.log(
    `${name}: ${outcome} (${((performance.now() - begin) / 1000).toFixed(1)} s; ${files} open files, ${megabytes.toFixed(0)} MB)`,
  );
}
await sleep(6000); // idle connections and refused bodies are closed
const after = await measure(server);
console.log(
  `open files: ${before.files} before, ${after.files} after; memory: ${before.megabytes.toFixed(0)} MB before, ${after.megabytes.toFixed(0)} MB after`,
);
if (after.files > before.files + 4 || after.megabytes > 2 * before.megabytes) failures += 1;
server.child.kill("SIGTERM");
await once(server.child, "exit");

const full = await start(openSync("/dev/full", "w"));
const statuses = [
  await post(full, sound),
  await post(full, sound),
  await post(full, Buffer.from("no sound")),
];
console.log(
  `full disk under the log: ${statuses.join() === "200,200,400" ? "ok" : "FAILED"}: ${count(statuses)}`,
);
if (statuses.join() !== "200,200,400") failures += 1;
full.child.kill("SIGTERM");
await once(full.child, "exit");
await rm(folder, { recursive: true, force: true });
process.exitCode = failures === 0 ? 0 : 1;
