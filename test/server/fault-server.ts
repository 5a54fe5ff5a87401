// A real server in a process of its own, and ways to talk to it that no well-behaved client has.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { errorSchema } from "../../server/http/schemas.ts";

export interface Server {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly origin: string;
  readonly port: number;
}

/** @param model path of its file @param stdout a file that takes the log */
export async function startServer(model: string, stdout: number | "ignore" = "ignore"): Promise<Server> {
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

export async function post(
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
export async function talk(
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
export function readStatus(text: string): number {
  const status = Number(/HTTP\/1\.1 (?!100)(\d+)/.exec(text)?.[1] ?? 0);
  const body = text.slice(text.lastIndexOf("\r\n\r\n") + 4);
  if (status >= 400) errorSchema.parse(JSON.parse(body));
  return status;
}

/** Ids of the processes that decode. */
export async function listWorkers({ pid }: Server): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** Open files and resident memory of the server and its workers. */
export async function measure(server: Server): Promise<{ files: number; megabytes: number }> {
  let files = 0;
  let pages = 0;
  for (const pid of [server.pid, ...(await listWorkers(server))]) {
    files += (await readdir(`/proc/${pid}/fd`)).length;
    pages += Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]);
  }
  return { files, megabytes: (pages * 4096) / 1e6 };
}
