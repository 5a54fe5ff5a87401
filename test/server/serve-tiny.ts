import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type StandaloneOptions } from "../../server/index.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildTinyModel, makeLevel } from "../runtime/tiny-model.ts";

/** Half a second at 8 kHz each: the tiny model's whole clip. */
export const loud = new Uint8Array(encodeWav(makeLevel(0.5, 4000), 8000));
export const quiet = new Uint8Array(encodeWav(makeLevel(0.01, 4000), 8000));

/** Two seconds quiet, two loud, two quiet. */
export const night = new Uint8Array(
  encodeWav(
    Float32Array.from({ length: 48_000 }, (_, index) =>
      index >= 16_000 && index < 32_000 ? (index % 2 === 0 ? 0.5 : -0.5) : 0.001,
    ),
    8000,
  ),
);

export type Body = NonNullable<RequestInit["body"]>;

export interface TinyServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly modelPath: string;
  stop(graceSeconds?: number): Promise<void>;
  post(path: string, body: Body, headers?: Record<string, string>): Promise<Response>;
}

/** A real server with one worker on the tiny model, at a free port of this machine. */
export async function serveTiny(options: Partial<StandaloneOptions> = {}): Promise<TinyServer> {
  const folder = await mkdtemp(join(tmpdir(), "earshot-server-"));
  const modelPath = join(folder, "model.onnx");
  await writeFile(modelPath, buildTinyModel());
  const server = await createServer({ model: modelPath, workers: 1, logLevel: "silent", ...options });
  const origin = await server.app.listen({ port: 0, host: "127.0.0.1" });
  let stopped: Promise<void> | undefined;
  const stop = (graceSeconds = 5): Promise<void> => (stopped ??= server.stop(graceSeconds));
  return {
    origin,
    port: Number(new URL(origin).port),
    modelPath,
    stop,
    post: (path, body, headers = {}) => fetch(origin + path, { method: "POST", body, headers }),
    async [Symbol.asyncDispose]() {
      await stop(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
