import { once } from "node:events";
import type { Server } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Classifier } from "../../runtime/classifier.ts";
import { createClassifier, type NodeSource } from "../../runtime/node.ts";
import { createHttpServer, type ServerOptions } from "../../runtime/server.ts";
import { buildTinyModel, makeLevel } from "./tiny-model.ts";
import { encodeWav } from "./audio/wav.ts";

const loud = new Uint8Array(encodeWav(makeLevel(0.5, 4000), 8000));

describe("createHttpServer", () => {
  let ears: Classifier<NodeSource>;
  const servers: Server[] = [];

  async function serve(options: ServerOptions = {}): Promise<{ origin: string; port: number }> {
    const server = createHttpServer(ears, options);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("expected a TCP address");
    return { origin: `http://127.0.0.1:${address.port}`, port: address.port };
  }

  let origin = "";
  beforeAll(async () => {
    ears = await createClassifier(buildTinyModel());
    ({ origin } = await serve({ maxBodyBytes: 20_000, maxSeconds: 1 }));
  });
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await ears.dispose();
  });

  it("classifies the body of a request", async () => {
    const response = await fetch(`${origin}/classify?top=2`, { method: "POST", body: loud });
    expect(response.status).toBe(200);
    const expected = await ears.classify(loud);
    expect(await response.json()).toEqual({ labels: expected.slice(0, 2) });
  });

  it("answers many at once, each with its own sound", async () => {
    const quiet = new Uint8Array(encodeWav(makeLevel(0.01, 4000), 8000));
    const bodies = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? loud : quiet));
    const answers = await Promise.all(
      bodies.map(async (body) => (await fetch(`${origin}/classify?top=1`, { method: "POST", body })).json()),
    );
    for (const [index, answer] of answers.entries())
      expect(answer).toMatchObject({ labels: [{ label: index % 2 === 0 ? "loud" : "quiet" }] });
  });

  it("tells about the model and that it lives", async () => {
    const info: unknown = await (await fetch(`${origin}/info`)).json();
    expect(info).toMatchObject({ labels: ears.info.labels, verified: true, backend: { name: "cpu" } });
    expect(await (await fetch(`${origin}/health`)).json()).toEqual({ status: "ok" });
  });

  const post = (body: Uint8Array<ArrayBuffer> | string) => ({ method: "POST", body });
  it.each<[title: string, path: string, request: RequestInit, status: number, code: string]>([
    ["text", "/classify", post("no sound at all"), 400, "bad-audio"],
    ["a cut file", "/classify", post(loud.slice(0, 1000)), 400, "bad-audio"],
    ["nothing", "/classify", { method: "POST" }, 400, "bad-audio"],
    ["a bad option", "/classify?top=0", post(loud), 400, "bad-option"],
    ["too many bytes", "/classify", post(new Uint8Array(20_001)), 413, "too-large"],
    [
      "too long a sound",
      "/classify",
      post(new Uint8Array(encodeWav(new Float32Array(9000), 8000))),
      400,
      "bad-audio",
    ],
    ["a GET", "/classify", {}, 405, "bad-method"],
    ["a POST", "/info", post(loud), 405, "bad-method"],
    ["the root", "/", {}, 404, "not-found"],
    ["a strange path", "//[", {}, 404, "not-found"],
  ])("refuses %s at %s, and goes on", async (_, path, request, status, code) => {
    const response = await fetch(origin + path, request);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect((await fetch(`${origin}/health`)).status).toBe(200);
  });

  it("refuses an endless body without a length", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 10_000;
        controller.enqueue(new Uint8Array(10_000));
        if (sent > 100_000_000) controller.close();
      },
    });
    const request = { method: "POST", body, duplex: "half" } as const;
    const status = await fetch(`${origin}/classify`, request).then(
      (response) => response.status,
      () => "closed",
    );
    expect([413, "closed"]).toContain(status);
    expect(sent).toBeLessThan(100_000_000);
    expect((await fetch(`${origin}/health`)).status).toBe(200);
  });

  it("survives clients that go away in the middle", async () => {
    const { origin: other, port } = await serve({ maxRequests: 2 });
    for (let round = 0; round < 5; round++) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.write("POST /classify HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nRIFF");
      await new Promise((resolve) => setTimeout(resolve, 10));
      socket.destroy();
    }
    await expect
      .poll(async () => (await fetch(`${other}/classify`, post(loud))).status, { timeout: 10_000 })
      .toBe(200);
  });

  it("says that it is busy when too many ask at once", async () => {
    const { origin: other, port } = await serve({ maxRequests: 1 });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /classify HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nRIFF");
    await expect.poll(async () => (await fetch(`${other}/health`)).status, { timeout: 10_000 }).toBe(503);
    socket.destroy();
  });
});
