import { once } from "node:events";
import { IncomingMessage, request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as z from "zod";
import { type Output, outputSchema } from "../../server/http/schemas.ts";
import { loud, night, serveTiny, type TinyServer } from "./serve-tiny.ts";

let server: TinyServer;
beforeAll(async () => {
  server = await serveTiny({ idleSeconds: 2, maxStreams: 3 });
});
afterAll(() => server[Symbol.asyncDispose]());

function readLines(text: string): Output[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => outputSchema.parse(JSON.parse(line)));
}

const nightEvents = [
  { type: "start", model: "default" },
  { type: "event", label: "quiet", startSeconds: 0 },
  { type: "event", label: "loud" },
  { type: "event", label: "quiet" },
  { type: "end" },
];

describe("POST /v1/events", () => {
  it("gives events as lines of JSON", async () => {
    const response = await server.post("/v1/events?threshold=0.6", night);
    expect(response.headers.get("content-type")).toContain("application/x-ndjson");
    expect(readLines(await response.text())).toMatchObject(nightEvents);
  });

  it("gives them as server-sent events", async () => {
    const response = await server.post("/v1/events?threshold=0.6", night, { accept: "text/event-stream" });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = await response.text();
    expect(text.match(/^event: \w+$/gm)).toEqual(nightEvents.map(({ type }) => `event: ${type}`));
    expect(readLines(text.replaceAll(/^event:.*$|^data: /gm, ""))).toMatchObject(nightEvents);
  });

  it("gives an event while the rest is still on its way", async () => {
    const request = httpRequest(`${server.origin}/v1/events?threshold=0.6`, { method: "POST" });
    const cut = Math.floor(night.length * 0.95);
    request.write(night.subarray(0, cut));
    const [response] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(request, "response"));
    let text = "";
    for await (const piece of response.setEncoding("utf8")) {
      text += String(piece);
      if (text.includes('"label":"loud"') && !request.writableEnded) request.end(night.subarray(cut));
    }
    expect(request.writableEnded).toBe(true);
    expect(readLines(text)).toMatchObject(nightEvents);
  });

  it.each([
    ["an upload that is no sound", "no sound at all, but long enough", 400, "bad-audio"],
    ["an unknown option", night, 400, "bad-option"],
  ])("refuses %s", async (title, body, status, code) => {
    const response = await server.post(title.includes("option") ? "/v1/events?tpo=1" : "/v1/events", body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it("ends with an error when the upload stops", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(night.subarray(0, 40_000));
      },
    });
    const response = await fetch(`${server.origin}/v1/events`, { method: "POST", body, duplex: "half" });
    expect(readLines(await response.text()).at(-1)).toMatchObject({
      type: "error",
      error: { code: "upload-timeout" },
    });
  });
});

/** Sends a first message and blocks; collects what comes until the socket closes. */
async function stream(
  messages: readonly (object | Uint8Array)[],
  headers = {},
): Promise<{ outputs: Output[]; code: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream`, { headers });
  const outputs: Output[] = [];
  socket.on("message", (text: Buffer) => outputs.push(outputSchema.parse(JSON.parse(text.toString()))));
  await once(socket, "open");
  for (const message of messages)
    socket.send(message instanceof Uint8Array ? message : JSON.stringify(message));
  const [code] = z
    .tuple([z.number()])
    .rest(z.unknown())
    .parse(await once(socket, "close"));
  return { outputs, code };
}

describe("WebSocket /v1/stream", () => {
  const pcm = night.subarray(44);
  const blocks = Array.from({ length: Math.ceil(pcm.length / 3001) }, (_, index) =>
    pcm.subarray(index * 3001, (index + 1) * 3001),
  );
  const start = { sampleRateHz: 8000, encoding: "s16le", threshold: 0.6 };

  it("gives events of samples, however they are cut", async () => {
    const { outputs, code } = await stream([start, ...blocks, { type: "end" }]);
    expect(outputs).toMatchObject(nightEvents);
    expect(code).toBe(1000);
  });

  it("gives every window where it is asked for, and mixes channels", async () => {
    const stereo = Buffer.alloc(pcm.length * 2);
    for (let place = 0; place < pcm.length; place += 2) {
      stereo.set(pcm.subarray(place, place + 2), place * 2);
      stereo.set(pcm.subarray(place, place + 2), place * 2 + 2);
    }
    const { outputs } = await stream([{ ...start, channels: 2, timeline: true }, stereo, { type: "end" }]);
    expect(outputs.filter(({ type }) => type !== "window")).toMatchObject(nightEvents);
    expect(outputs.filter(({ type }) => type === "window").length).toBeGreaterThan(20);
  });

  it.each<[title: string, messages: readonly (object | Uint8Array)[], code: string, closeCode: number]>([
    ["samples without a first message", [loud], "bad-request", 1008],
    ["a first message without a rate", [{ encoding: "f32le" }], "bad-option", 1008],
    ["an unknown model", [{ ...start, model: "birds" }], "bad-model", 1008],
    ["another text message than the end", [start, { type: "stop" }], "bad-request", 1008],
    [
      "samples that are not finite",
      [{ ...start, encoding: "f32le" }, Buffer.from("0000c07f", "hex")],
      "bad-audio",
      1008,
    ],
    ["silence on the line", [start], "upload-timeout", 1008],
  ])("refuses %s", async (_, messages, code, closeCode) => {
    const { outputs, code: closedWith } = await stream(messages);
    expect(outputs.at(-1)).toMatchObject({ type: "error", error: { code } });
    expect(closedWith).toBe(closeCode);
  });

  it("refuses more streams than it was given room for", async () => {
    const sockets = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream`);
        await once(socket, "open");
        socket.send(JSON.stringify(start));
        await once(socket, "message");
        return socket;
      }),
    );
    const { outputs, code } = await stream([start]);
    expect(outputs).toMatchObject([{ type: "error", error: { code: "busy" } }]);
    expect(code).toBe(1013);
    for (const socket of sockets) socket.terminate();
    await expect
      .poll(async () => (await stream([start, pcm, { type: "end" }])).code, { timeout: 60_000 })
      .toBe(1000);
  });

  it("refuses a page of another origin", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream`, {
      origin: "https://elsewhere.example",
    });
    const [error] = z
      .tuple([z.instanceof(Error)])
      .parse(await once(socket, "error").catch((thrown: unknown) => [thrown]));
    expect(error.message).toContain("403");
  });

  it("does not read faster than it classifies", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream`);
    await once(socket, "open");
    socket.send(JSON.stringify({ sampleRateHz: 8000, encoding: "s16le", hopSeconds: 0.016 }));
    const block = Buffer.alloc(400_000);
    for (let count = 0; count < 60; count++) socket.send(block);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    socket.terminate();
  });
});
