import { once } from "node:events";
import { rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";
import { listWorkers, post, readStatus, type Server, talk } from "./fault-server.ts";

export interface Fault {
  readonly allowed: readonly number[];
  /** @returns the statuses that were seen; what is no HTTP answer counts as 0 */
  readonly run: (server: Server) => Promise<number[]>;
}

const head = (extra: string) => `POST /v1/classify HTTP/1.1\r\nHost: a\r\n${extra}\r\n`;
/** A minute at 8 kHz: a server that keeps what it has answered needs a megabyte more for each. */
const largeSound = Buffer.from(
  encodeWav({ samples: new Float32Array(60 * 8000).fill(0.25), sampleRateHz: 8000 }),
);
const multipart = { "content-type": "multipart/form-data; boundary=x" };

/** What the faults are made of. */
export interface FaultMaterial {
  /** Path of the model file that the server serves. */
  readonly model: string;
  /** A sound file that is answered. */
  readonly sound: Buffer;
  /** A small file that takes longer to decode than a request may; undefined where it cannot be made. */
  readonly bomb: Buffer | undefined;
}

/** Every fault by its name. */
export const listFaults = ({ model, sound, bomb }: FaultMaterial): Readonly<Record<string, Fault>> => ({
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
    allowed: [503],
    run: (server) =>
      Promise.all(bomb === undefined ? [] : Array.from({ length: 8 }, () => post(server, bomb))),
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
  "600 sounds of a megabyte": {
    allowed: [200],
    run: async (server) => {
      const statuses: number[] = [];
      for (let count = 0; count < 600; count++) statuses.push(await post(server, largeSound));
      return statuses;
    },
  },
});
